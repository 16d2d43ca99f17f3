//! Learning rates that change from batch to batch. In the kernel, for an engine's own cosine would give other bits elsewhere.

/// Half a cosine from `initial` down to `last` (Loshchilov & Hutter 2017, without restarts), after `done` of `total` batches.
pub fn cosine(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    (last + (initial - last) * half_cosine((done / total).min(1.0))) as f32
}

/// A straight line from `initial` to `last`, after `done` of `total` batches.
pub fn linear(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    (initial + (last - initial) * (done / total).min(1.0)) as f32
}

/// `initial` times `factor` after every `every` of `epochs` epochs.
pub fn step(initial: f64, factor: f64, every: u32, epochs: u32) -> f32 {
    let mut rate = initial;
    for _ in 0..epochs / every.max(1) {
        let next = rate * factor;
        // Zero, infinity and a factor of 1 change nothing any more.
        if next == rate {
            break;
        }
        rate = next;
    }
    rate as f32
}

/// (1 + cos πx) / 2 = 1 − sin²(πx / 2) for x in [0, 1], the sine by its Taylor series to float64's last places.
fn half_cosine(x: f64) -> f64 {
    let angle = x * core::f64::consts::FRAC_PI_2;
    let (mut term, mut sine) = (angle, angle);
    for n in 1..12 {
        term *= -angle * angle / f64::from(2 * n * (2 * n + 1));
        sine += term;
    }
    1.0 - sine * sine
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_cosine_begins_at_its_initial_rate_passes_the_middle_and_ends_at_its_last() {
        assert_eq!([0.0, 50.0, 100.0, 200.0].map(|done| cosine(0.3, 0.1, done, 100.0)), [0.3, 0.2, 0.1, 0.1]);
    }

    #[test]
    fn the_half_cosine_agrees_with_the_cosine() {
        for step in 0..=1000 {
            let x = f64::from(step) / 1000.0;
            assert!((half_cosine(x) - (1.0 + libm::cos(core::f64::consts::PI * x)) / 2.0).abs() < 1e-15);
        }
    }

    #[test]
    fn a_line_goes_straight_to_its_last_rate() {
        assert_eq!([0.0, 25.0, 100.0, 101.0].map(|done| linear(1.0, 0.0, done, 100.0)), [1.0, 0.75, 0.0, 0.0]);
    }

    #[test]
    fn steps_multiply_the_rate_after_so_many_epochs() {
        assert_eq!([0, 2, 3, 5, 6].map(|epochs| step(1.0, 0.5, 3, epochs)), [1.0, 1.0, 0.5, 0.5, 0.25]);
        assert_eq!(step(1.0, 0.5, 1, u32::MAX), 0.0);
        assert_eq!(step(0.3, 1.0, 1, u32::MAX), 0.3);
    }
}
