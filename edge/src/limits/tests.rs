use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);

fn lane(number: u32) -> Lane {
    let mut lane = [0; 32];
    lane[..4].copy_from_slice(&number.to_be_bytes());
    lane
}

#[test]
fn a_window_ends_a_minute_after_its_first_request_to_the_millisecond() {
    let limits = Limits::default();
    for second in 0..3 {
        assert_eq!(limits.count(lane(1), 3, NOW + Duration::from_secs(second)), Ok(()));
    }
    let end = NOW + WINDOW;
    assert_eq!(limits.count(lane(1), 3, NOW + Duration::from_secs(3)), Err(end));
    assert_eq!(limits.count(lane(2), 3, NOW + Duration::from_secs(3)), Ok(()), "another client is another matter");
    assert_eq!(limits.count(lane(1), 3, end - Duration::from_millis(1)), Err(end), "asking on puts nothing off");
    assert_eq!(limits.count(lane(1), 3, end), Ok(()));
}

#[test]
fn what_the_platform_counted_ends_with_the_window_too() {
    let limits = Limits::default();
    assert_eq!(limits.count(lane(1), 3, NOW), Ok(()));
    let later = NOW + Duration::from_secs(10);
    assert_eq!(limits.fill(lane(1), later), NOW + WINDOW);
    assert_eq!(limits.count(lane(1), 3, later), Err(NOW + WINDOW));
    assert_eq!(limits.count(lane(1), 3, NOW + WINDOW), Ok(()));
}

#[test]
fn a_refusal_is_believed_for_a_minute_and_names_its_own_end() {
    let limits = Limits::default();
    let (hour, half) = (NOW + Duration::from_secs(3_600), NOW + WINDOW / 2);
    limits.refuse(lane(1), Refusal::Locked, hour, NOW);
    limits.refuse(lane(2), Refusal::Locked, half, NOW);
    assert_eq!(limits.refused(lane(1), NOW + WINDOW - Duration::from_millis(1)), Some((Refusal::Locked, hour)));
    assert_eq!(limits.refused(lane(1), NOW + WINDOW), None, "the desk may have released it");
    assert_eq!(limits.refused(lane(2), half), None, "nothing is refused past its time");
    assert_eq!(limits.ended(lane(1), NOW), None);
}

#[test]
fn a_session_that_is_over_and_a_spray_are_known_for_a_minute() {
    let limits = Limits::default();
    limits.end(lane(1), Standing::Idle, NOW);
    limits.spray(lane(2), NOW);
    assert_eq!((limits.ended(lane(1), NOW), limits.ended(lane(2), NOW)), (Some(Standing::Idle), None));
    assert_eq!((limits.is_sprayed(lane(2), NOW), limits.is_sprayed(lane(1), NOW)), (true, false));
    assert_eq!((limits.ended(lane(1), NOW + WINDOW), limits.is_sprayed(lane(2), NOW + WINDOW)), (None, false));
}

#[test]
fn memory_has_an_end_and_what_is_over_goes_first() {
    let limits = Limits::default();
    limits.end(lane(0), Standing::Ended, NOW + WINDOW / 2);
    (1..8_192).for_each(|number| limits.spray(lane(number), NOW));
    assert_eq!(limits.0.borrow().len(), MOST);
    limits.spray(lane(9_000), NOW + WINDOW);
    assert_eq!(limits.0.borrow().len(), 2, "what lives stays");
    assert_eq!(limits.ended(lane(0), NOW + WINDOW), Some(Standing::Ended));
    (10_000..30_000).for_each(|number| limits.spray(lane(number), NOW + WINDOW));
    assert!(limits.0.borrow().len() <= MOST);
}

#[test]
fn what_was_learnt_while_the_clock_was_ahead_is_forgotten_when_it_is_taken_back() {
    let limits = Limits::default();
    let ahead = NOW + Duration::from_secs(4 * 3_600);
    limits.end(lane(1), Standing::Idle, ahead);
    limits.refuse(lane(2), Refusal::Locked, ahead + WINDOW, ahead);
    limits.spray(lane(3), ahead);
    assert_eq!(limits.ended(lane(1), ahead), Some(Standing::Idle));
    assert_eq!((limits.ended(lane(1), NOW), limits.refused(lane(2), NOW)), (None, None));
    assert!(!limits.is_sprayed(lane(3), NOW));
    assert_eq!(limits.fill(lane(4), ahead), ahead + WINDOW);
    assert_eq!(limits.count(lane(4), 3, NOW), Ok(()));
}

#[test]
fn that_a_session_has_moved_is_known_for_its_lease_and_what_a_clock_was_ahead_by_a_little_still_counts() {
    let (limits, lease) = (Limits::default(), Duration::from_secs(600));
    limits.moved(lane(1), lease, NOW);
    assert!(limits.has_moved(lane(1), NOW + lease - Duration::from_millis(1)));
    assert!(!limits.has_moved(lane(1), NOW + lease));
    limits.moved(lane(1), lease, NOW + SKEW);
    limits.end(lane(2), Standing::Ended, NOW + SKEW);
    assert_eq!((limits.has_moved(lane(1), NOW), limits.ended(lane(2), NOW)), (true, Some(Standing::Ended)));
    let further = NOW + SKEW + Duration::from_millis(1);
    limits.moved(lane(1), lease, further);
    limits.end(lane(2), Standing::Ended, further);
    assert_eq!((limits.has_moved(lane(1), NOW), limits.ended(lane(2), NOW)), (false, None));
}
