//! Printing that ends quietly when the reader has closed the output, as with
//! `kaoping audit … | head`.

use kaoping_engine::text::steers;
use std::io::{self, Write};

/// Lets `write` print to standard output. A reader that has gone is no fault: what follows is not
/// printed.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    unless_gone(write(&mut out).and_then(|()| out.flush()), out)
}

fn unless_gone(done: io::Result<()>, out: io::BufWriter<impl Write>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // Buffered output would fail once more when it is dropped.
            drop(out.into_parts());
            Ok(())
        }
        done => done,
    }
}

/// A line for a terminal: what steers it, line ends too, is written out, so that no name or path
/// repaints what was said.
pub(super) fn plain(line: &str) -> String {
    let letters =
        line.chars().map(|letter| if steers(letter) { letter.escape_unicode().to_string() } else { letter.into() });
    letters.collect()
}

/// JSON for a terminal: the same, within its texts.
pub(super) fn plain_json(json: &str) -> String {
    let letter = |letter: char| match letter {
        // All of these lie in the basic plane.
        letter if steers(letter) => format!("\\u{:04x}", u32::from(letter)),
        letter => letter.into(),
    };
    json.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Catches a name that moves up a line and writes another verdict there.
    #[test]
    fn nothing_steers_the_terminal() {
        let name = "a\u{1b}[1A\u{1b}[2K\n真实\u{7f}\u{9b}8m\u{202e}\u{2066}b";
        assert_eq!(plain(name), r"a\u{1b}[1A\u{1b}[2K\u{a}真实\u{7f}\u{9b}8m\u{202e}\u{2066}b");
        let json = serde_json::to_string(name).expect("JSON");
        assert!(!plain_json(&json).chars().any(steers));
        assert_eq!(serde_json::from_str::<String>(&plain_json(&json)).expect("JSON"), name);
    }

    struct Gone(io::ErrorKind);

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    // `println!` would panic here.
    #[test]
    fn a_reader_that_has_gone_is_no_fault() {
        let write = |kind| {
            let mut out = io::BufWriter::new(Gone(kind));
            let done = writeln!(out, "a line").and_then(|()| out.flush());
            unless_gone(done, out).map_err(|error| error.kind())
        };
        assert_eq!(write(io::ErrorKind::BrokenPipe), Ok(()));
        assert_eq!(write(io::ErrorKind::StorageFull), Err(io::ErrorKind::StorageFull));
    }
}
