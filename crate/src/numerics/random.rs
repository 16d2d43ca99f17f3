//! The one source of randomness: xoshiro256++ (Blackman & Vigna), its state filled by SplitMix64 from
//! seed · 2³² + stream. Stream 0 initialises the weights, stream e ≥ 1 shuffles epoch e, so that resuming a training
//! needs no state but the counter of epochs.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// The generator of one stream of one seed.
pub fn generator(seed: u32, stream: u32) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(u64::from(seed) << 32 | u64::from(stream))
}

/// Fills `values` from N(0, deviation²) by Marsaglia's polar method in float64.
pub fn fill_normal(random: &mut impl Rng, deviation: f64, values: &mut [f32]) {
    for pair in values.chunks_mut(2) {
        for (value, normal) in pair.iter_mut().zip(normal_pair(random)) {
            *value = (normal * deviation) as f32;
        }
    }
}

fn normal_pair(random: &mut impl Rng) -> [f64; 2] {
    loop {
        let u = 2.0 * uniform(random) - 1.0;
        let v = 2.0 * uniform(random) - 1.0;
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            // libm's logarithm is compiled into the module: the same bits on every engine.
            let factor = (-2.0 * libm::log(s) / s).sqrt();
            return [u * factor, v * factor];
        }
    }
}

/// 53 random bits as a float64 in [0, 1).
fn uniform(random: &mut impl Rng) -> f64 {
    (random.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// Fisher–Yates from the last element down.
pub fn shuffle(random: &mut impl Rng, values: &mut [u32]) {
    for last in (1..values.len()).rev() {
        values.swap(last, below(random, last as u32 + 1) as usize);
    }
}

/// An unbiased integer in [0, bound) from the upper 32 bits of each draw (Lemire 2019, algorithm 5).
fn below(random: &mut impl Rng, bound: u32) -> u32 {
    let mut product = (random.next_u64() >> 32) * u64::from(bound);
    if (product as u32) < bound {
        let threshold = bound.wrapping_neg() % bound;
        while (product as u32) < threshold {
            product = (random.next_u64() >> 32) * u64::from(bound);
        }
    }
    (product >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_generator_gives_its_test_vectors() {
        let mut random = generator(0, 0);
        let draws = [random.next_u64(), random.next_u64(), random.next_u64()];
        // Vigna's xoshiro256plusplus.c, its state filled by his splitmix64.c from 0.
        assert_eq!(draws, [0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc]);
        assert_ne!(generator(0, 1).next_u64(), generator(1, 0).next_u64());
    }

    // This vector and the next one come from a few lines of Python that follow the descriptions above.
    #[test]
    fn the_initial_weights_are_test_vectors_too() {
        let mut values = [0.0; 3];
        fill_normal(&mut generator(0, 0), 0.01, &mut values);
        assert_eq!(values, [-0.015411826, -0.010345791, -4.0411825e-5]);
    }

    #[test]
    fn an_epochs_order_is_a_test_vector_too() {
        let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
        shuffle(&mut generator(7, 1), &mut order);
        assert_eq!(order, [6, 5, 7, 1, 3, 2, 0, 4]);
    }

    #[test]
    fn normal_values_have_the_mean_and_deviation_asked_for() {
        let mut values = vec![0.0; if cfg!(miri) { 501 } else { 100_001 }];
        fill_normal(&mut generator(7, 0), 0.5, &mut values);
        let count = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let variance = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        // Four standard errors.
        assert!(mean.abs() < 4.0 * 0.5 / count.sqrt(), "{mean}");
        assert!((variance.sqrt() - 0.5).abs() < 4.0 * 0.5 / (2.0 * count).sqrt(), "{variance}");
    }

    #[test]
    fn every_position_is_equally_likely_after_a_shuffle() {
        let (streams, mut counts) = (if cfg!(miri) { 250 } else { 20_000 }, [[0_u32; 5]; 5]);
        for stream in 0..streams {
            let mut values = [0, 1, 2, 3, 4];
            shuffle(&mut generator(3, stream), &mut values);
            for (position, &value) in values.iter().enumerate() {
                counts[position][value as usize] += 1;
            }
        }
        // Of a binomial distribution with p = 1/5.
        let expected = streams as f64 / 5.0;
        let deviation = (expected * 0.8).sqrt();
        let is_likely = |&count: &u32| (f64::from(count) - expected).abs() < 5.0 * deviation;
        assert!(counts.as_flattened().iter().all(is_likely), "{counts:?}");
    }

    #[cfg(not(any(target_arch = "wasm32", miri)))]
    proptest::proptest! {
        #[test]
        fn a_shuffle_is_a_permutation(seed: u32, stream: u32, length in 0_u32..2000) {
            let mut values: Vec<u32> = (0..length).collect();
            shuffle(&mut generator(seed, stream), &mut values);
            values.sort_unstable();
            proptest::prop_assert!(values.into_iter().eq(0..length));
        }
    }
}
