//! How far it is from one login to the next. The place is kept to the degree, which is some hundred kilometres: enough to tell
//! Tokyo from Bucharest, and too little to tell home from office.

use serde::{Deserialize, Serialize};

/// The earth's radius in kilometres.
const RADIUS: f64 = 6_371.0;
/// Distances below this are no travel: the degree itself, and networks whose place is known roughly.
const NEAR: u32 = 500;
/// What nobody travels at, in kilometres an hour.
const FASTEST: u32 = 1_000;

/// A place on the globe, in whole degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    latitude: i16,
    longitude: i16,
}

impl Spot {
    /// The place at these degrees, north and east; none where there is no such place.
    pub fn of(latitude: i16, longitude: i16) -> Option<Self> {
        let on_earth = (-90..=90).contains(&latitude) && (-180..=180).contains(&longitude);
        on_earth.then_some(Self { latitude, longitude })
    }

    /// The straight line through the earth, in kilometres: never longer than any way.
    ///
    /// ```
    /// use sekisho_edge::risk::Spot;
    /// let (tokyo, bucharest) = (Spot::of(36, 140).unwrap(), Spot::of(44, 26).unwrap());
    /// assert!((8_100..8_400).contains(&tokyo.kilometres(bucharest)));
    /// ```
    pub fn kilometres(self, other: Self) -> u32 {
        let ([x, y, z], [u, v, w]) = (self.unit(), other.unit());
        let chord = ((x - u) * (x - u) + (y - v) * (y - v) + (z - w) * (z - w)).sqrt();
        (RADIUS * chord) as u32
    }

    fn unit(self) -> [f64; 3] {
        let (north, east) = (f64::from(self.latitude), f64::from(self.longitude));
        [cosine(north) * cosine(east), cosine(north) * sine(east), sine(north)]
    }
}

/// Whether so many kilometres in so many minutes are no journey.
pub(in super::super) fn is_impossible(kilometres: u32, minutes: u32) -> bool {
    kilometres >= NEAR && u64::from(kilometres - NEAR) * 60 > u64::from(minutes) * u64::from(FASTEST)
}

/// Bhāskara's, off by two thousandths at the most: a table of sines would be larger, and every machine has to agree to the bit.
fn cosine(degrees: f64) -> f64 {
    match degrees.abs() {
        wide if wide > 90.0 => -cosine(180.0 - wide),
        narrow => (32_400.0 - 4.0 * narrow * narrow) / (32_400.0 + narrow * narrow),
    }
}

fn sine(degrees: f64) -> f64 {
    if degrees < 0.0 { -cosine(90.0 + degrees) } else { cosine(90.0 - degrees) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(latitude: i16, longitude: i16) -> Spot {
        Spot::of(latitude, longitude).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_globe_and_never_longer() {
        // The great circle, and the line below it: 2 r sin(d / 2r).
        for (one, two, way) in [
            (spot(36, 140), spot(41, -74), 10_850.0),
            (spot(36, 140), spot(35, 135), 465.0),
            (spot(-34, 151), spot(52, 0), 17_020.0),
            (spot(0, 179), spot(0, -179), 222.0),
            (spot(90, 0), spot(-90, 0), 20_015.0),
        ] {
            let line: f64 = 2.0 * RADIUS * f64::sin(way / 2.0 / RADIUS);
            let told = f64::from(one.kilometres(two));
            assert!((told - line).abs() < 0.01 * line + 15.0, "{one:?} {two:?}: {told} for {line}");
            assert_eq!(one.kilometres(two), two.kilometres(one));
        }
        assert_eq!(spot(36, 140).kilometres(spot(36, 140)), 0);
    }

    #[test]
    fn nobody_flies_to_bucharest_in_an_hour_and_everybody_in_a_day() {
        let far = spot(36, 140).kilometres(spot(44, 26));
        assert!(is_impossible(far, 60) && !is_impossible(far, 24 * 60));
        assert!(is_impossible(far, 0) && !is_impossible(0, 0) && !is_impossible(NEAR, 0));
    }

    #[test]
    fn there_is_nothing_beyond_the_poles() {
        for (latitude, longitude) in [(91, 0), (-91, 0), (0, 181), (0, -181), (i16::MIN, i16::MAX)] {
            assert_eq!(Spot::of(latitude, longitude), None);
        }
    }
}
