//! Printing that ends quietly when nobody reads on, as with `kaoping audit … | head`.

use std::io::{self, Write};

/// Lets `write` print to standard output. A reader that has gone is no fault: what follows is not printed.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    unless_gone(write(&mut out).and_then(|()| out.flush()), out)
}

fn unless_gone(done: io::Result<()>, out: io::BufWriter<impl Write>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is still buffered would fail once more when it is dropped.
            drop(out.into_parts());
            Ok(())
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
