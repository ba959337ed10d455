//! Running programs, and saying what happens: one line a step, with its time.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::place::Place;

/// Why a command of the repository stopped.
#[derive(Debug)]
pub(crate) struct TaskError {
    message: String,
    code: u8,
}

impl TaskError {
    /// Something failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command was called wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Adds what the file system said about `path`.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::failed(format!("{}: {error}", path.display()))
    }

    /// The exit code to end with.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Whether a step had anything to do.
pub(crate) enum Done {
    Already,
    Now,
}

/// Runs one step and prints one line about it.
///
/// # Errors
/// Whatever the step returns.
pub(crate) fn step(what: &str, task: impl FnOnce() -> Result<Done, TaskError>) -> Result<(), TaskError> {
    print!("  {what:<52} ");
    // A line that shows late is no reason to stop.
    drop(io::stdout().flush());
    let start = Instant::now();
    let outcome = task();
    let state = match &outcome {
        Ok(Done::Already) => "there",
        Ok(Done::Now) => "done",
        Err(_) => "FAILED",
    };
    println!("{state:<7}{:>8}", seconds(start.elapsed()));
    outcome.map(drop)
}

/// Runs a program with its output shown.
///
/// # Errors
/// When it is missing or ends with a failure.
pub(crate) fn loud(mut command: Command) -> Result<(), TaskError> {
    let status = command.status().map_err(|error| missing(&command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(TaskError::failed(format!("{} ended with {status}", line(&command))))
}

/// Runs a program with its output in `target/xtask/NAME.log`, shown only when it fails.
///
/// # Errors
/// When it is missing or ends with a failure; the message holds the log's last lines.
pub(crate) fn quiet(place: &Place, name: &str, mut command: Command) -> Result<(), TaskError> {
    let folder = place.target("xtask");
    fs::create_dir_all(&folder).map_err(|error| TaskError::file(&folder, &error))?;
    let log = folder.join(format!("{name}.log"));
    let open = || File::create(&log).map_err(|error| TaskError::file(&log, &error));
    let output = open()?;
    let errors = output.try_clone().map_err(|error| TaskError::file(&log, &error))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .status()
        .map_err(|error| missing(&command, &error))?;
    if status.success() {
        return Ok(());
    }
    let text = fs::read_to_string(&log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n");
    Err(TaskError::failed(format!(
        "{tail}\n\n{} ended with {status}; all of its output is in {}",
        line(&command),
        log.display()
    )))
}

/// Runs named programs on all cores, in their order, and shows all that each wrote when it ends.
///
/// # Errors
/// When one is missing or ends with a failure; the others run to their ends all the same.
pub(crate) fn side_by_side(programs: Vec<(String, Command)>) -> Result<(), TaskError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let left = Mutex::new(programs.into_iter());
    let failed = Mutex::new(Vec::new());
    let next = || left.lock().ok().and_then(|mut left| left.next());
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((name, mut command)) = next() {
                    let start = Instant::now();
                    let ended = command.stdin(Stdio::null()).output();
                    let (said, held) = match &ended {
                        Ok(done) => ([&*done.stdout, &*done.stderr].concat(), done.status.success()),
                        Err(error) => (missing(&command, error).to_string().into_bytes(), false),
                    };
                    println!("-- {name}, {}\n{}", seconds(start.elapsed()), String::from_utf8_lossy(&said).trim_end());
                    if !held && let Ok(mut failed) = failed.lock() {
                        failed.push(name);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() {
        return Ok(());
    }
    failed.sort();
    Err(TaskError::failed(format!("failed: {}", failed.join(", "))))
}

/// Runs a program and returns what it wrote to its standard output.
///
/// # Errors
/// When it is missing, ends with a failure or writes something other than UTF-8.
pub(crate) fn output(mut command: Command) -> Result<String, TaskError> {
    let result = command.stderr(Stdio::inherit()).output().map_err(|error| missing(&command, &error))?;
    if !result.status.success() {
        return Err(TaskError::failed(format!("{} ended with {}", line(&command), result.status)));
    }
    String::from_utf8(result.stdout).map_err(|_| TaskError::failed(format!("{} wrote no UTF-8", line(&command))))
}

/// A duration in seconds with one decimal.
pub(crate) fn seconds(duration: Duration) -> String {
    let tenths = duration.as_millis().div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// A duration in minutes and seconds.
pub(crate) fn minutes(duration: Duration) -> String {
    let whole = duration.as_secs();
    format!("{}:{:02} min", whole / 60, whole % 60)
}

fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    format!("`{}`", words.join(" "))
}

fn missing(command: &Command, error: &io::Error) -> TaskError {
    let program = command.get_program().to_string_lossy();
    if error.kind() != io::ErrorKind::NotFound {
        return TaskError::failed(format!("`{program}` could not be run: {error}"));
    }
    let cure = match program.as_ref() {
        "node" | "npm" => "install Node.js 20.19 or newer",
        "rustup" => "install Rust by rustup (https://rustup.rs), or the target wasm32-unknown-unknown by hand",
        "python3" => "install Python 3.11 or newer",
        _ => "run `cargo xtask setup --for test`",
    };
    TaskError::failed(format!("`{program}` is not on this machine: {cure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // A time cut off instead of rounded up would show a long step as 0.0 s.
    #[test]
    fn times_are_written_for_people() {
        assert_eq!(seconds(Duration::from_millis(1)), "0.1 s");
        assert_eq!(seconds(Duration::from_millis(61_250)), "61.3 s");
        assert_eq!(minutes(Duration::from_secs(125)), "2:05 min");
    }

    #[test]
    fn a_missing_program_names_its_cure() {
        let error = loud(Command::new("/nowhere/at/all")).map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err("`/nowhere/at/all` is not on this machine: run `cargo xtask setup --for test`".to_owned())
        );
    }
}
