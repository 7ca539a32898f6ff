//! The drawing and the fields in a real browser. Trusted taps need a real pointer: the browser journeys have those.

use super::{dom, fields, keyboard::KeyboardView, rules::check_password, send};
use crate::keyboard::Layout;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
export const field = (id, type) => {
  const input = document.createElement("input");
  input.id = id;
  input.type = type;
  document.body.append(input);
  return input;
};
export const host = (attributes) => {
  const host = document.createElement("div");
  for (const [name, value] of JSON.parse(attributes)) host.setAttribute(name, value);
  document.body.append(host);
  return host;
};
export const shadow = (host) => host.attachShadow({ mode: "open" });
export const attributes = (root, selector, name) =>
  [...root.querySelectorAll(selector)].map((element) => element.getAttribute(name));
export const click_all = (root, selector) => root.querySelectorAll(selector).forEach((element) => element.click());
export const markup = (root) => root.innerHTML;
"#)]
extern "C" {
    fn field(id: &str, kind: &str) -> JsValue;
    fn host(attributes: &str) -> JsValue;
    fn shadow(host: &JsValue) -> JsValue;
    fn attributes(root: &JsValue, selector: &str, name: &str) -> Vec<String>;
    fn click_all(root: &JsValue, selector: &str);
    fn markup(root: &JsValue) -> String;
}

fn board(id: &str, more: &str) -> (KeyboardView, JsValue, JsValue) {
    super::start().unwrap();
    let host = host(&format!(r#"[["for","{id}"]{more}]"#));
    let root = shadow(&host);
    (KeyboardView::new(host.clone(), root.clone()), host, root)
}

fn opened(id: &str, more: &str) -> (KeyboardView, JsValue) {
    let (view, host, root) = board(id, more);
    dom::set(&host, "open", "");
    view.changed("open");
    (view, root)
}

#[wasm_bindgen_test]
fn the_field_shows_bullets_and_the_buffer_holds_the_characters() {
    let input = field("captured", "password");
    let served = fields::Field::serve(input.clone());
    for char in "Ab@".chars() {
        served.insert(char);
    }
    assert_eq!(dom::value(&input), "•••");
    assert_eq!(fields::text(&input).expose(), "Ab@");
    dom::set_caret(&input, 1);
    served.insert('9');
    assert_eq!((fields::text(&input).expose(), dom::caret(&input)), ("A9b@", 2));
    served.delete();
    assert_eq!(fields::take(&input).expose(), "Ab@");
    assert_eq!((dom::value(&input).as_str(), fields::text(&input).expose()), ("", ""));
    served.leave();
}

#[wasm_bindgen_test]
fn what_was_typed_natively_joins_the_buffer() {
    let input = field("joined", "password");
    let served = fields::Field::serve(input.clone());
    dom::set_value(&input, "native");
    served.insert('!');
    assert_eq!(dom::value(&input), "•••••••");
    assert_eq!(fields::text(&input).expose(), "native!");
    served.leave();
    assert_eq!(dom::value(&input), "", "leaving wipes the field too");
}

#[wasm_bindgen_test]
fn a_value_set_by_the_page_is_the_truth() {
    let input = field("set", "password");
    let served = fields::Field::serve(input.clone());
    served.insert('a');
    dom::set_value(&input, "filled in");
    assert_eq!(fields::text(&input).expose(), "filled in");
    assert_eq!(served.len(), 9);
    served.leave();
    assert_eq!(dom::value(&input), "filled in");
}

#[wasm_bindgen_test]
fn an_open_field_is_written_in_the_open() {
    let input = field("number", "text");
    let served = fields::Field::serve(input.clone());
    served.insert('1');
    served.insert('2');
    served.delete();
    assert_eq!(dom::value(&input), "1");
    served.leave();
    assert_eq!(dom::value(&input), "1");
}

#[wasm_bindgen_test]
fn every_display_is_laid_out_anew_and_complete() {
    field("shown", "password");
    let (view, root) = opened("shown", "");
    let first = attributes(&root, ".key", "data-key");
    let mut sorted: Vec<char> = first.concat().chars().collect();
    let mut expected: Vec<char> = Layout::Full.groups().concat().chars().collect();
    sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    let (other, other_root) = opened("shown", "");
    assert_ne!(first, attributes(&other_root, ".key", "data-key"));
    view.disconnect();
    other.disconnect();
    assert_eq!(markup(&root), "");
}

#[wasm_bindgen_test]
fn without_random_the_order_is_that_of_a_jis_keyboard() {
    field("ordered", "password");
    let (view, root) = opened("ordered", r#",["random","off"],["layout","pin"]"#);
    assert_eq!(attributes(&root, ".key", "data-key").concat(), "1234567890");
    view.disconnect();
}

#[wasm_bindgen_test]
fn a_click_by_a_script_types_nothing() {
    let input = field("untrusted", "password");
    let (view, root) = opened("untrusted", "");
    click_all(&root, ".key");
    assert_eq!(dom::value(&input), "");
    assert_eq!(fields::text(&input).expose(), "");
    view.disconnect();
}

#[wasm_bindgen_test]
fn one_key_is_in_the_tab_order_and_each_has_a_name() {
    field("named", "password");
    let (view, root) = opened("named", r#",["lang","en"]"#);
    let reached = attributes(&root, ".key", "tabindex");
    assert_eq!(reached.iter().filter(|tab| *tab == "0").count(), 1);
    let names = attributes(&root, ".key", "aria-label");
    assert!(names.contains(&"at sign".to_owned()) && names.iter().all(|name| !name.is_empty()));
    view.disconnect();
}

#[wasm_bindgen_test]
fn the_rules_see_what_the_board_typed() {
    let input = field("checked", "password");
    let served = fields::Field::serve(input.clone());
    for char in "abcdefgh12".chars() {
        served.insert(char);
    }
    let told = check_password(&input, JsValue::UNDEFINED);
    assert_eq!(send::member(&told, "verdict").as_string().as_deref(), Some("refuse"));
    served.leave();
}

#[cfg(feature = "matchers")]
#[wasm_bindgen_test]
fn with_the_data_a_common_password_is_refused() {
    let input = field("common", "password");
    dom::set_value(&input, "Password123");
    let verdict = || send::member(&check_password(&input, JsValue::UNDEFINED), "verdict").as_string();
    assert!(!super::rules::load_passwords(b"something else"));
    assert_eq!(verdict().as_deref(), Some("warn"));
    let data = include_bytes!("../../../edge/rules/src/password/data/passwords.bin");
    assert!(super::rules::load_passwords(data));
    assert_eq!(verdict().as_deref(), Some("refuse"));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_not_ours_is_unavailable_and_the_password_is_gone() {
    let input = field("sent", "password");
    let served = fields::Field::serve(input.clone());
    served.insert('x');
    let sent = send::send("/nowhere".into(), vec!["password".into()], vec![input.clone()], JsValue::UNDEFINED);
    assert_eq!(fields::text(&input).expose(), "");
    let problem = JsFuture::from(sent).await.unwrap_err();
    assert_eq!(send::member(&problem, "code").as_string().as_deref(), Some("unavailable"));
    served.leave();
}
