//! The API's description: names for its operations.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// The description with a name of its own for each operation, by which clients' types are told apart, and with
/// objects of any shape where the documents have formats of their own.
#[must_use]
pub fn complete(description: OpenApi) -> OpenApi {
    let Ok(mut value) = serde_json::to_value(&description) else { return description };
    if let Some(paths) = value.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            name_operations(path, item);
        }
    }
    open_objects(&mut value);
    serde_json::from_value(value).unwrap_or(description)
}

fn name_operations(path: &str, item: &mut Value) {
    let words: Vec<&str> = path.split(['/', '{', '}', '-']).filter(|word| !word.is_empty()).collect();
    let Some(operations) = item.as_object_mut() else { return };
    for (method, operation) in operations {
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("operationId".to_owned(), json!(format!("{method}_{}", words.join("_"))));
        }
    }
}

fn open_objects(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(open_objects),
        Value::Object(members) => {
            if is_bare_object(members) {
                members.insert("additionalProperties".to_owned(), json!(true));
            }
            members.values_mut().for_each(open_objects);
        }
        _ => {}
    }
}

fn is_bare_object(members: &Map<String, Value>) -> bool {
    members.get("type").is_some_and(|kind| *kind == "object" || *kind == json!(["object", "null"]))
        && !["properties", "additionalProperties", "allOf", "oneOf"].iter().any(|member| members.contains_key(*member))
}

#[cfg(test)]
mod tests {
    use crate::router::openapi;
    use std::collections::BTreeSet;

    // Catches two routes whose types a generated client would take for one another.
    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for (path, item) in openapi().paths.paths {
            for operation in [item.get, item.post, item.put, item.delete].into_iter().flatten() {
                let name = operation.operation_id.unwrap_or_default();
                assert!(name.contains("api_v1"), "{path}: {name}");
                assert!(names.insert(name.clone()), "{name} stands twice");
            }
        }
        assert!(names.contains("get_api_v1_seat_paper"), "{names:?}");
    }
}
