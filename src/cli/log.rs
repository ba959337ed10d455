//! The log on standard error: one line an event, whatever the event quotes.

use std::fmt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Formats each event as one line of printable characters: what comes from outside can begin no
/// line of its own, colour no terminal and hide nothing.
pub(super) struct OneLine(Format);

impl OneLine {
    /// The usual format without colours.
    pub(super) fn new() -> Self {
        Self(Format::default().with_ansi(false))
    }
}

impl<S, N> FormatEvent<S, N> for OneLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        writeln!(out, "{}", escaped(line.trim_end_matches('\n')))
    }
}

/// The text with all characters escaped that a terminal does not show unchanged.
fn escaped(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for letter in line.chars() {
        if letter.is_control() || kaoping_engine::text::is_invisible(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_from_outside_begins_a_line_or_colours_it() {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt().event_format(OneLine::new()).with_writer(move || writer.clone());
        tracing::subscriber::with_default(subscriber.finish(), || {
            let forged = "x\n2026-11-27T09:00:00Z ERROR forged \u{1b}[31mred\0 \u{202e}考务";
            tracing::error!(error = %forged, "internal error {forged}");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text:?}");
        assert!(text.ends_with('\n') && !text.contains(['\u{1b}', '\0', '\u{202e}']), "{text:?}");
        assert!(text.contains("考务") && text.contains("\\u{1b}[31mred"), "{text:?}");
    }
}
