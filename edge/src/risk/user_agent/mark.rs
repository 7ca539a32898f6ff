//! What a mark is: a word of a user agent and what it says.

/// How far a browser is from the ones it claims to be: the one highest here is meant. Of two equals it is the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What all others claim to be.
    Ancestor,
    /// A browser that others are made of.
    Engine,
    /// One made of another.
    Browser,
    /// An app that shows pages within itself.
    App,
    /// A program or a library that visits by itself.
    Bot,
}

/// How far a system is from the ones it claims to be, or is made of: the one highest here is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A kernel, or a maker.
    Kernel,
    /// A system for computers.
    Computer,
    /// Android and iOS, which name the above.
    Mobile,
    /// One that names Android or iOS.
    Derived,
}

/// What kind of thing a word tells besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// The device is a phone, or its browser asks for what phones are shown.
    Mobile,
    /// It is a tablet.
    Tablet,
    /// It is a television, a console or the like.
    Television,
    /// The processor is that of the older Macs.
    Intel,
    /// A page is shown by WebKit.
    WebKit,
    /// A page is shown within an Android app.
    WebView,
    /// The number of the browser, whichever it is.
    Version,
    /// A maker of phones whose name ends like that of a program.
    NoBot,
}

/// What a mark says.
#[derive(Clone, Copy)]
pub enum Says {
    /// This browser, whose version follows.
    Browser(Rank, &'static str),
    /// This system, whose version follows.
    System(Layer, &'static str),
    /// A Windows, by the version of its kernel.
    WindowsNt,
    /// An Internet Explorer, by the version of its engine.
    Trident,
    /// This system, of whatever version: the browser exists nowhere else, even where it asks for a page for computers.
    On(&'static str),
    /// Something else.
    Trait(Trait),
}

/// A text that begins a word, whatever its case, and does not end within a run of letters.
#[derive(Clone, Copy)]
pub struct Mark {
    /// The text.
    pub text: &'static str,
    /// What it says.
    pub says: Says,
}

impl Mark {
    /// The two letters that it begins with, in small: what marks are found by.
    pub fn letters(&self) -> [u8; 2] {
        letters(self.text.as_bytes())
    }
}

/// The first two bytes of a text, in small.
pub fn letters(text: &[u8]) -> [u8; 2] {
    text.first_chunk().map_or([0; 2], |&letters: &[u8; 2]| letters.map(|letter| letter.to_ascii_lowercase()))
}
