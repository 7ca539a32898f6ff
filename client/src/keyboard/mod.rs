//! The software keyboard: which character lies under which cell, and the characters typed so far.
//!
//! A [`Board`] is laid out anew at every display; what it types goes into a [`Buffer`] that never grows and is wiped.
//! [`capture`] keeps that buffer and the native field's dots in step. Nothing here knows how a key looks, and nothing
//! here may ever hand a typed character to a page.

pub mod board;
pub mod buffer;
pub mod capture;
pub mod reveal;
pub mod shuffle;
pub mod spoken;

pub use board::{Board, Layout, Scope};
pub use buffer::Buffer;
