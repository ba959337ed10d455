//! Joins what a device has stored with what the service holds, before a session begins with them.
//!
//! As a rule one is the beginning of the other: the device was offline, or its storage is lost. When both went
//! on by themselves, because two devices wrote to one stream, the service's events count and the device's are
//! set aside: nothing is mixed, and nothing that the service has acknowledged is changed.

/// The events to replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reunion<'a> {
    /// All events, oldest first.
    pub events: Vec<&'a [u8]>,
    /// How many of them, from the first, the service holds.
    pub acknowledged: usize,
    /// The device's events that go another way than the service's.
    pub aside: Vec<&'a [u8]>,
}

/// Joins the device's events and the service's events of one stream, each oldest first.
#[must_use]
pub fn reunite<'a>(device: &[&'a [u8]], service: &[&'a [u8]]) -> Reunion<'a> {
    let common = device.iter().zip(service).take_while(|(own, held)| own == held).count();
    let (events, aside) = if common == service.len() {
        (device.to_vec(), Vec::new())
    } else {
        (service.to_vec(), device.iter().skip(common).copied().collect())
    };
    Reunion { events, acknowledged: service.len(), aside }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &[u8] = b"a";
    const B: &[u8] = b"b";
    const C: &[u8] = b"c";

    #[test]
    fn the_longer_one_counts_when_one_begins_the_other() {
        let joined = |device: &[&'static [u8]], service: &[&'static [u8]]| reunite(device, service);
        assert_eq!(joined(&[A, B], &[A]), Reunion { events: vec![A, B], acknowledged: 1, aside: vec![] });
        assert_eq!(joined(&[A], &[A, B]), Reunion { events: vec![A, B], acknowledged: 2, aside: vec![] });
        assert_eq!(joined(&[], &[A, B]), Reunion { events: vec![A, B], acknowledged: 2, aside: vec![] });
        assert_eq!(joined(&[A, B], &[]), Reunion { events: vec![A, B], acknowledged: 0, aside: vec![] });
    }

    // Catches a join that puts one device's events behind another's.
    #[test]
    fn two_ways_are_never_mixed() {
        assert_eq!(reunite(&[A, C, C], &[A, B]), Reunion { events: vec![A, B], acknowledged: 2, aside: vec![C, C] });
        assert_eq!(reunite(&[C], &[A]), Reunion { events: vec![A], acknowledged: 1, aside: vec![C] });
    }
}
