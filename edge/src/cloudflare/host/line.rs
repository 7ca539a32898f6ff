//! Connections by the runtime's sockets, each step within a time limit.

use super::{Cloudflare, within};
use crate::cloudflare::text_of;
use crate::host::{Dial, Line, Unreached};
use js_sys::Uint8Array;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// How long one step may take.
const LIMIT: Duration = Duration::from_secs(10);

#[wasm_bindgen(raw_module = "./line.mjs")]
extern "C" {
    #[wasm_bindgen(js_name = Line)]
    type Raw;
    #[wasm_bindgen(catch, constructor, js_class = "Line")]
    fn new(host: &str, port: u16, encrypted: bool) -> Result<Raw, JsValue>;
    #[wasm_bindgen(method, catch, js_class = "Line")]
    async fn send(this: &Raw, bytes: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = "Line")]
    async fn receive(this: &Raw) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_class = "Line", js_name = startTls)]
    fn start_tls(this: &Raw) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_class = "Line")]
    fn close(this: &Raw);
}

/// A connection, closed when it is dropped.
pub struct Socket(Raw);

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Dial for Cloudflare {
    type Line = Socket;

    fn dial(&self, host: &str, port: u16, encrypted: bool) -> Result<Socket, Unreached> {
        Raw::new(host, port, encrypted).map(Socket).map_err(thrown)
    }
}

impl Line for Socket {
    async fn send(&mut self, bytes: &[u8]) -> Result<(), Unreached> {
        within(LIMIT, self.0.send(Uint8Array::from(bytes))).await?.map(|_| ()).map_err(thrown)
    }

    async fn receive(&mut self) -> Result<Vec<u8>, Unreached> {
        let bytes = within(LIMIT, self.0.receive()).await?.map_err(thrown)?;
        Ok(Uint8Array::new(&bytes).to_vec())
    }

    fn start_tls(&mut self) -> Result<(), Unreached> {
        self.0.start_tls().map_err(thrown)
    }
}

fn thrown(thrown: JsValue) -> Unreached {
    Unreached(format!("socket: {}", text_of(&thrown)))
}
