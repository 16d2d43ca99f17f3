//! Stochastic gradient descent as torch.optim.SGD defines it:
//! g ← dθ + weight decay · θ, v ← momentum · v + g, θ ← θ − learning rate · v, or with Nesterov's momentum
//! θ ← θ − learning rate · (g + momentum · v).

use crate::simd::{F32x4, map};

/// How parameters follow their gradient.
#[derive(Clone, Copy, Default)]
pub struct Sgd {
    pub momentum: f32,
    pub nesterov: bool,
    pub weight_decay: f32,
    /// Whether biases decay as well.
    pub decay_bias: bool,
}

impl Sgd {
    /// One step on parameters whose gradient is that of a sum of weight `total`. `velocity` is empty without momentum.
    pub fn step(
        &self,
        parameters: &mut [f32],
        velocity: &mut [f32],
        gradient: &[f32],
        total: f32,
        learning_rate: f32,
        weight_decay: f32,
    ) {
        let [rate, decay, momentum] = [learning_rate, weight_decay, self.momentum].map(F32x4::splat);
        if self.momentum == 0.0 && weight_decay == 0.0 {
            let factor = F32x4::splat(learning_rate / total);
            map(parameters, [gradient], |parameter, [gradient]| parameter.sub(factor.mul(gradient)));
            return;
        }
        let factor = F32x4::splat(1.0 / total);
        let decayed = |parameter: F32x4, gradient: F32x4| factor.mul(gradient).add(decay.mul(parameter));
        // Without momentum what it is multiplied with does not matter.
        let (velocity, nesterov) = if self.momentum == 0.0 {
            (gradient, true)
        } else {
            map(velocity, [gradient, parameters], |velocity, [gradient, parameter]| {
                momentum.mul(velocity).add(decayed(parameter, gradient))
            });
            (&*velocity, self.nesterov)
        };
        map(parameters, [gradient, velocity], |parameter, [gradient, velocity]| {
            let ahead = decayed(parameter, gradient).add(momentum.mul(velocity));
            parameter.sub(rate.mul(if nesterov { ahead } else { velocity }))
        });
    }
}
