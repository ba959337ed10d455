//! A table of figures. Between programs a figure is a line, `name TAB value TAB unit`.

use crate::Failure;
use std::fmt;
use std::fs;
use std::path::Path;

/// The figures of one suite, in the order measured.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    value: u64,
    unit: String,
}

impl Table {
    /// Adds a figure.
    pub(crate) fn add(&mut self, name: &str, value: u64, unit: &str) {
        self.rows.push(Row { name: name.to_owned(), value, unit: unit.to_owned() });
    }

    /// Adds the figures that another program printed.
    ///
    /// # Errors
    /// For a line of another form.
    pub(crate) fn read(&mut self, output: &str) -> Result<(), Failure> {
        for line in output.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, value, unit] = fields.as_slice() else {
                return Err(format!("`{line}` is no line of a benchmark").into());
            };
            self.add(name, value.parse().map_err(|_| format!("`{line}` has no figure"))?, unit);
        }
        Ok(())
    }

    /// The figures as another program reads them.
    pub(crate) fn lines(&self) -> String {
        self.rows.iter().map(|Row { name, value, unit }| format!("{name}\t{value}\t{unit}\n")).collect()
    }

    /// Adds in percent the rate of one time beside that of another, where both were measured.
    ///
    /// # Errors
    /// When there is no row of the first name.
    pub(crate) fn compare(&mut self, name: &str, ours: &str, other: &str) -> Result<(), Failure> {
        let value = |name: &str| self.rows.iter().find(|row| row.name == name).map(|row| row.value);
        let ours = value(ours).ok_or_else(|| format!("nobody measured `{ours}`"))?;
        // Not every build of OpenSSL has every algorithm.
        if let Some(percent) = value(other).and_then(|other| (100 * other).checked_div(ours)) {
            self.add(name, percent, "%");
        }
        Ok(())
    }

    fn json(&self) -> String {
        let row = |row: &Row| {
            let Row { name, value, unit } = row;
            serde_json::json!({ "name": name, "unit": unit, "value": value }).to_string()
        };
        format!("[\n{}\n]\n", self.rows.iter().map(row).collect::<Vec<_>>().join(",\n"))
    }

    /// Keeps the table in `FOLDER/NAME.json`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> Result<(), Failure> {
        fs::create_dir_all(folder)?;
        Ok(fs::write(folder.join(format!("{name}.json")), self.json())?)
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

    // A line that is skipped would silently leave a figure out of the table.
    #[test]
    fn every_line_is_a_figure() -> Result<(), Failure> {
        let mut table = Table::default();
        table.read("select/500\t12\tns\nall\t3\tms\n")?;
        assert_eq!(table.to_string(), "select/500           12 ns\nall                   3 ms\n");
        assert_eq!(table.lines(), "select/500\t12\tns\nall\t3\tms\n");
        let json = "[\n{\"name\":\"select/500\",\"unit\":\"ns\",\"value\":12},\n{\"name\":\"all\",\"unit\":\"ms\",\"value\":3}\n]\n";
        assert_eq!(table.json(), json);
        for line in ["warning: slow", "a\tb\tns", "a\t1", "a\t1\tns\t"] {
            assert!(table.read(line).is_err(), "{line}");
        }
        Ok(())
    }

    // Half the time is twice the rate; otherwise a program that is too slow would meet its target.
    #[test]
    fn rates_are_compared() -> Result<(), Failure> {
        let mut table = Table::default();
        table.read("ours\t50\tns\ntheirs\t100\tns\n")?;
        table.compare("rate", "ours", "theirs")?;
        table.compare("unknown there", "ours", "nobody's")?;
        let last = table.rows.last().map(|row| (row.name.as_str(), row.value));
        assert_eq!(last, Some(("rate", 200)));
        assert!(table.compare("unknown here", "nobody's", "ours").is_err());
        Ok(())
    }
}
