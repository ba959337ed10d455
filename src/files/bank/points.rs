//! The points of an element table by code and by name.

use kaoping_engine::bank::element::{ElementCode, FunctionElements};
use std::collections::BTreeMap;

/// Points by code and by name.
pub(super) struct Points {
    names: BTreeMap<String, String>,
    codes: BTreeMap<String, Vec<String>>,
}

impl Points {
    pub(super) fn of<'a>(elements: impl Iterator<Item = &'a FunctionElements>) -> Self {
        let (mut names, mut codes) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for point in elements.flat_map(|elements| &elements.ranges).flat_map(|range| &range.points) {
            names.insert(point.code.as_str().to_owned(), point.name.clone());
            codes.entry(point.name.clone()).or_default().push(point.code.as_str().to_owned());
        }
        Self { names, codes }
    }

    /// The point that a file names by its code, its name, or both.
    pub(super) fn find(&self, said: &str) -> Result<ElementCode, [String; 2]> {
        let (first, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
        let code = if let Some(name) = self.names.get(first) {
            let rest = rest.trim();
            if !rest.is_empty() && rest != name {
                return Err([
                    format!("代码 {first} 的鉴定点叫「{name}」，不叫「{rest}」"),
                    format!("the point `{first}` is called `{name}`, not `{rest}`"),
                ]);
            }
            first
        } else {
            match self.codes.get(said).map(Vec::as_slice) {
                Some([only]) => only,
                Some(several) => {
                    let shown = several.join("、");
                    return Err([
                        format!("几个鉴定点都叫这个名称：{shown}"),
                        format!("several points have this name: {shown}"),
                    ]);
                }
                None => {
                    return Err([
                        "细目表里没有这个鉴定点".to_owned(),
                        "the element table has no such point".to_owned(),
                    ]);
                }
            }
        };
        ElementCode::new(code).map_err(|error| [error.to_string(), error.to_string()])
    }
}
