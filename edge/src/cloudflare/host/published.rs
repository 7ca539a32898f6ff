//! What is published: the platform's key-value store, bound as `PUBLISHED`.

use super::{Cloudflare, within};
use crate::cloudflare::text_of;
use crate::host::{Published, Unreached};
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

#[wasm_bindgen]
extern "C" {
    type KeyValue;

    #[wasm_bindgen(method, catch)]
    async fn get(this: &KeyValue, name: &str, kind: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    async fn put(this: &KeyValue, name: &str, value: Uint8Array) -> Result<JsValue, JsValue>;
}

impl Cloudflare {
    fn store(&self) -> Result<KeyValue, JsValue> {
        let bound = Reflect::get(self.env.as_ref(), &"PUBLISHED".into())?;
        // A call on nothing would throw where only a refused promise is waited for.
        if bound.is_object() { Ok(bound.unchecked_into()) } else { Err("it is not bound".into()) }
    }
}

impl Published for Cloudflare {
    async fn published(&self, name: &str) -> Result<Option<Vec<u8>>, Unreached> {
        let found = within(self.limit, async { self.store()?.get(name, "arrayBuffer").await }).await?;
        let found = found.map_err(|thrown| fault(&thrown))?;
        Ok(found.dyn_into::<ArrayBuffer>().ok().map(|buffer| Uint8Array::new(&buffer).to_vec()))
    }

    async fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), Unreached> {
        let value = Uint8Array::from(bytes);
        let put = within(self.limit, async { self.store()?.put(name, value).await }).await?;
        put.map(drop).map_err(|thrown| fault(&thrown))
    }
}

fn fault(thrown: &JsValue) -> Unreached {
    Unreached(format!("PUBLISHED: {}", text_of(thrown)))
}
