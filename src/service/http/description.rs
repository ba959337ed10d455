//! The API's description: names for its operations.

use super::guard::Access;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::ExtensionsBuilder;

/// Writes into each operation who may use it.
pub fn mark(description: &mut OpenApi, access: Access) {
    for item in description.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let names = ExtensionsBuilder::new().add("x-access", json!(access.names())).build();
            operation.extensions.get_or_insert_default().merge(names);
        }
    }
}

/// The table of routes and who may use them, one line each: method, path, roles.
#[must_use]
pub fn role_table(description: &OpenApi) -> Vec<(String, String, Vec<String>)> {
    let Ok(value) = serde_json::to_value(description) else { return Vec::new() };
    let mut table = Vec::new();
    for (path, item) in value.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let names = operation.get("x-access").and_then(Value::as_array).into_iter().flatten();
            let names = names.filter_map(Value::as_str).map(str::to_owned).collect();
            table.push((method.to_uppercase(), path.clone(), names));
        }
    }
    table
}

/// The description with a name of its own for each operation, by which clients' types are
/// distinguished, with the answer to a refused request, and with objects of any shape where the
/// documents have formats of their own.
#[must_use]
pub fn complete(description: OpenApi) -> OpenApi {
    let Ok(mut value) = serde_json::to_value(&description) else { return description };
    if let Some(paths) = value.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            complete_operations(path, item);
        }
    }
    open_objects(&mut value);
    serde_json::from_value(value).unwrap_or(description)
}

fn complete_operations(path: &str, item: &mut Value) {
    let words: Vec<&str> = path.split(['/', '{', '}', '-']).filter(|word| !word.is_empty()).collect();
    let Some(operations) = item.as_object_mut() else { return };
    for (method, operation) in operations {
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("operationId".to_owned(), json!(format!("{method}_{}", words.join("_"))));
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                responses.insert("default".to_owned(), refused());
            }
        }
    }
}

/// The answer to a refused request, the same for every route.
fn refused() -> Value {
    json!({
        "description": "The request was refused.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RefusalView" } } }
    })
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
    use super::role_table;
    use crate::http::router::openapi;
    use std::collections::BTreeSet;

    // Catches two routes whose types a generated client would take for one another.
    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for (path, item) in openapi().paths.paths {
            for operation in [item.get, item.post, item.put, item.delete].into_iter().flatten() {
                let name = operation.operation_id.unwrap_or_default();
                assert!(name.contains("api_v1"), "{path}: {name}");
                assert!(names.insert(name.clone()), "{name} occurs twice");
            }
        }
        assert!(names.contains("get_api_v1_seat_paper"), "{names:?}");
    }

    // Catches a route whose description does not say who may use it.
    #[test]
    fn every_operation_names_who_may_use_it() {
        let table = role_table(&openapi());
        assert!(table.len() > 70, "{}", table.len());
        for (method, path, names) in &table {
            assert!(!names.is_empty(), "{method} {path}");
        }
        let line =
            ("POST".to_owned(), "/api/v1/batches/{batch}/draw/void/approval".to_owned(), vec!["custodian".to_owned()]);
        assert!(table.contains(&line), "{table:?}");
    }

    // Catches a route whose clients do not know what a refusal looks like.
    #[test]
    fn every_operation_describes_its_refusal() {
        let value = serde_json::to_value(openapi()).expect("JSON");
        for (path, item) in value["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("operations") {
                assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            }
        }
        assert!(value["components"]["schemas"]["RefusalView"].is_object());
    }
}
