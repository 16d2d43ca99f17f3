"""PyTorch as textbooks have it: DataLoader, nn.Linear, cross_entropy, backward, optim.SGD."""

from serve import serve


def set_up(options):
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    from data import BATCH_SIZE, CLASSES, INIT_STD, LEARNING_RATE, load

    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = load(options)
    inputs = torch.tensor(images).float().div_(255).reshape(-1, 1, 28, 28)
    batches = DataLoader(TensorDataset(inputs, torch.tensor(labels)), BATCH_SIZE, shuffle=True)
    linear = nn.Linear(images.shape[1], CLASSES)
    nn.init.normal_(linear.weight, std=INIT_STD)
    nn.init.zeros_(linear.bias)
    model = nn.Sequential(nn.Flatten(), linear)
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)

    def train_epoch():
        total = 0.0
        for x, y in batches:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
        return total / len(labels)

    return {"torch": torch.__version__}, train_epoch


serve(set_up)
