VlmMlNet.TorchRuntime.EnsureLoaded();
Console.WriteLine(TorchSharp.torch.ones(2).sum().item<float>());
Console.WriteLine(VlmMlNet.TorchRuntime.Workaround ?? "loaded as it is");
