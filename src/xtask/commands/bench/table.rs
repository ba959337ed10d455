//! A table of figures: each line of a benchmark's output is `name TAB value TAB unit`.

use std::fmt;
use std::fs;

use crate::place::Place;
use crate::run::TaskError;

/// The figures of one suite, in the order measured.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    value: u64,
    unit: String,
}

impl Table {
    /// Reads a benchmark's output.
    ///
    /// # Errors
    /// For a line of another form.
    pub(super) fn read(output: &str) -> Result<Self, TaskError> {
        let row = |line: &str| {
            let mut fields = line.split('\t');
            let (name, value, unit) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
            let plain = |text: &str| text.chars().all(|letter| !letter.is_control() && !matches!(letter, '"' | '\\'));
            let row = Row { name: name.to_owned(), value, unit: unit.to_owned() };
            (fields.next().is_none() && plain(name) && plain(unit)).then_some(row)
        };
        let read = |line| row(line).ok_or_else(|| TaskError::failed(format!("`{line}` is no line of a benchmark")));
        Ok(Self { rows: output.lines().map(read).collect::<Result<_, _>>()? })
    }

    /// Adds in percent the rate of one time beside that of another, where both were measured.
    ///
    /// # Errors
    /// When there is no row of the first name.
    pub(super) fn compare(&mut self, name: &str, ours: &str, other: &str) -> Result<(), TaskError> {
        let value = |name: &str| self.rows.iter().find(|row| row.name == name).map(|row| row.value);
        let ours = value(ours).ok_or_else(|| TaskError::failed(format!("nobody measured `{ours}`")))?;
        // Not every build of OpenSSL has every algorithm.
        let percent = value(other).and_then(|other| (100 * other).checked_div(ours));
        self.rows.extend(percent.map(|value| Row { name: name.to_owned(), value, unit: "%".to_owned() }));
        Ok(())
    }

    /// The table as JSON.
    fn json(&self) -> String {
        let row = |row: &Row| {
            let Row { name, value, unit } = row;
            format!(r#"{{"name":"{name}","unit":"{unit}","value":{value}}}"#)
        };
        format!("[\n{}\n]\n", self.rows.iter().map(row).collect::<Vec<_>>().join(",\n"))
    }

    /// Keeps the table in `target/bench/NAME.json`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, place: &Place, name: &str) -> Result<(), TaskError> {
        let folder = place.target("bench");
        fs::create_dir_all(&folder).map_err(|error| TaskError::file(&folder, &error))?;
        let file = folder.join(format!("{name}.json"));
        fs::write(&file, self.json()).map_err(|error| TaskError::file(&file, &error))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        self.rows.iter().try_for_each(|row| writeln!(formatter, "{:<width$} {:>12} {}", row.name, row.value, row.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A line that is passed over would leave a figure out of the table without a word.
    #[test]
    fn every_line_is_a_figure() -> Result<(), TaskError> {
        let table = Table::read("select/500\t12\tns\nall\t3\tms\n")?;
        assert_eq!(table.to_string(), "select/500           12 ns\nall                   3 ms\n");
        let json = "[\n{\"name\":\"select/500\",\"unit\":\"ns\",\"value\":12},\n{\"name\":\"all\",\"unit\":\"ms\",\"value\":3}\n]\n";
        assert_eq!(table.json(), json);
        for line in ["warning: slow", "a\tb\tns", "a\t1", "a\t1\tns\t", "a\"\t1\tns"] {
            assert!(Table::read(line).is_err(), "{line}");
        }
        Ok(())
    }

    // Half the time is twice the rate; the other way round an aim would be met by whoever is too slow.
    #[test]
    fn rates_are_compared() -> Result<(), TaskError> {
        let mut table = Table::read("ours\t50\tns\ntheirs\t100\tns\n")?;
        table.compare("rate", "ours", "theirs")?;
        table.compare("unknown there", "ours", "nobody's")?;
        let last = table.rows.last().map(|row| (row.name.as_str(), row.value));
        assert_eq!(last, Some(("rate", 200)));
        assert!(table.compare("unknown here", "nobody's", "ours").is_err());
        Ok(())
    }
}
