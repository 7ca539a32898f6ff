//! Whether the character of the last tap may be seen for a moment. Nothing is kept here: it is drawn once and taken off.

/// How long it is seen, unless something happens before.
pub const SHOWN_MS: u64 = 1_000;

/// What decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// The page asks for it (`reveal`).
    pub wanted: bool,
    /// The field shows dots; any other shows its characters itself.
    pub masked: bool,
    /// The labels of the keys are hidden during use: then somebody may be looking, and the last key is no exception.
    pub veiled: bool,
}

impl Reveal {
    /// Whether the character is shown.
    ///
    /// ```
    /// use sekisho_client::keyboard::reveal::Reveal;
    /// assert!(Reveal { wanted: true, masked: true, veiled: false }.shows());
    /// ```
    pub fn shows(self) -> bool {
        self.wanted && self.masked && !self.veiled
    }
}

#[cfg(test)]
mod tests {
    use super::Reveal;

    #[test]
    fn it_is_shown_only_where_asked_for_over_dots_and_with_open_labels() {
        let every = (0..8).map(|bits| Reveal { wanted: bits & 1 != 0, masked: bits & 2 != 0, veiled: bits & 4 != 0 });
        let shown: Vec<Reveal> = every.filter(|reveal| reveal.shows()).collect();
        assert_eq!(shown, [Reveal { wanted: true, masked: true, veiled: false }]);
    }
}
