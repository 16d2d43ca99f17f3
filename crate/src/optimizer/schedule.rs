//! Learning rates that change from batch to batch. In the kernel, for an engine's own cosine would give other bits elsewhere.

/// How a learning rate moves from its initial value.
#[derive(Clone, Copy)]
pub enum Schedule {
    /// Half a cosine down to `last` (Loshchilov & Hutter 2017, without restarts).
    Cosine { initial: f64, last: f64 },
    /// A straight line to `last`.
    Linear { initial: f64, last: f64 },
    /// Times `factor` after every `every` epochs.
    Step { initial: f64, factor: f64, every: u32 },
}

impl Schedule {
    /// The rate of a batch: `done` of `total` batches of the whole schedule come before it, and `epochs` whole epochs.
    pub fn rate(&self, done: f64, total: f64, epochs: u32) -> f32 {
        let position = (done / total).min(1.0);
        let rate = match *self {
            Schedule::Cosine { initial, last } => last + (initial - last) * half_cosine(position),
            Schedule::Linear { initial, last } => initial + (last - initial) * position,
            Schedule::Step { initial, factor, every } => {
                (0..epochs / every.max(1)).fold(initial, |rate, _| rate * factor)
            }
        };
        rate as f32
    }
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
        let schedule = Schedule::Cosine { initial: 0.3, last: 0.1 };
        assert_eq!([0.0, 50.0, 100.0, 200.0].map(|done| schedule.rate(done, 100.0, 0)), [0.3, 0.2, 0.1, 0.1]);
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
        let schedule = Schedule::Linear { initial: 1.0, last: 0.0 };
        assert_eq!([0.0, 25.0, 100.0, 101.0].map(|done| schedule.rate(done, 100.0, 0)), [1.0, 0.75, 0.0, 0.0]);
    }

    #[test]
    fn steps_multiply_the_rate_after_so_many_epochs() {
        let schedule = Schedule::Step { initial: 1.0, factor: 0.5, every: 3 };
        assert_eq!([0, 2, 3, 5, 6].map(|epochs| schedule.rate(0.0, 1.0, epochs)), [1.0, 1.0, 0.5, 0.5, 0.25]);
    }
}
