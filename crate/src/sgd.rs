//! Stochastic gradient descent as torch.optim.SGD defines it:
//! g ← dθ + weight decay · θ, v ← momentum · v + g, θ ← θ − learning rate · v, or with Nesterov's momentum
//! θ ← θ − learning rate · (g + momentum · v).

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
        if self.momentum == 0.0 && weight_decay == 0.0 {
            let factor = learning_rate / total;
            for (parameter, &gradient) in parameters.iter_mut().zip(gradient) {
                *parameter -= factor * gradient;
            }
            return;
        }
        let factor = 1.0 / total;
        if self.momentum == 0.0 {
            for (parameter, &gradient) in parameters.iter_mut().zip(gradient) {
                *parameter -= learning_rate * (factor * gradient + weight_decay * *parameter);
            }
            return;
        }
        for ((parameter, velocity), &gradient) in parameters.iter_mut().zip(velocity).zip(gradient) {
            let gradient = factor * gradient + weight_decay * *parameter;
            *velocity = self.momentum * *velocity + gradient;
            let direction = if self.nesterov { gradient + self.momentum * *velocity } else { *velocity };
            *parameter -= learning_rate * direction;
        }
    }
}
