/** The textbook's program in PyTorch, line by line, and ours; the names are those of the texts. */
export const lines = [
	{
		name: 'data',
		theirs: [
			'to_tensor = transforms.ToTensor()',
			'train = datasets.FashionMNIST(',
			"    'data', train=True, transform=to_tensor)",
			'test = datasets.FashionMNIST(',
			"    'data', train=False, transform=to_tensor)",
		],
		ours: ['const { train, test } = await loadFashionMnist({', "  baseUrl: '/fashion-mnist/',", '});'],
	},
	{
		name: 'batches',
		theirs: ['train_iter = DataLoader(', '    train, batch_size=256, shuffle=True)'],
		ours: ['batchSize: 256, shuffle: true'],
	},
	{
		name: 'model',
		theirs: ['net = nn.Sequential(', '    nn.Flatten(), nn.Linear(784, 10))'],
		ours: ['const trainer = await createTrainer({', '  inputShape: [28, 28],', '  classes: train.classNames,', '});'],
	},
	{
		name: 'weights',
		theirs: ['torch.manual_seed(0)', 'nn.init.normal_(net[1].weight, std=0.01)', 'nn.init.zeros_(net[1].bias)'],
		ours: ['initStd: 0.01', 'seed: 0'],
	},
	{
		name: 'loss',
		theirs: ['loss = nn.CrossEntropyLoss()'],
		ours: ['crossEntropy(softmax(logits), label)'],
	},
	{
		name: 'optimizer',
		theirs: ['optimizer = torch.optim.SGD(', '    net.parameters(), lr=0.1)'],
		ours: ['learningRate: 0.1'],
	},
	{
		name: 'loop',
		theirs: [
			'for epoch in range(10):',
			'    for X, y in train_iter:',
			'        optimizer.zero_grad()',
			'        loss(net(X), y).backward()',
			'        optimizer.step()',
		],
		ours: ['await trainer.fit(train, {', '  epochs: 10, batchSize: 256, learningRate: 0.1,', '});'],
	},
	{
		name: 'step',
		theirs: ['optimizer.zero_grad()', 'loss(net(X), y).backward()', 'optimizer.step()'],
		ours: ['await trainer.partialFit(', '  { inputs, labels }, { learningRate: 0.1 },', ');'],
	},
	{
		name: 'accuracy',
		theirs: ['(net(X).argmax(dim=1) == y).float().mean()'],
		ours: ['accuracy(classIndices, labels)'],
	},
	{
		name: 'evaluate',
		theirs: ['net.eval()', 'with torch.no_grad():', '    for X, y in test_iter: …'],
		ours: ['const { accuracy, loss } =', '  await trainer.evaluate(test);'],
	},
	{
		name: 'predict',
		theirs: ['net(X).argmax(dim=1)', 'torch.softmax(net(X), dim=1)'],
		ours: ['const { classIndices, probabilities } =', '  await trainer.predict(inputs);'],
	},
	{
		name: 'parameters',
		theirs: ['net[1].weight', 'net[1].bias'],
		ours: ['const { weight, bias } =', '  await trainer.getWeights();'],
	},
	{
		name: 'save',
		theirs: ["torch.save(net.state_dict(), 'net.pt')"],
		ours: ['const bytes =', '  encodeModel(await trainer.getState());'],
	},
	{
		name: 'load',
		theirs: ["net.load_state_dict(torch.load('net.pt'))"],
		ours: ['const trainer =', '  await restoreTrainer(decodeModel(bytes));'],
	},
];
