using PureHDF;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>Weights in the layout of Keras, drawn from a seed at a size that keeps the numbers of a network from vanishing (He et al., 2015), written with PureHDF.</summary>
internal sealed class RandomKerasFile(ulong seed)
{
    private readonly List<Layer> _layers = [];
    private ulong _state = (seed * 2) + 1;

    /// <summary>A layer by its name.</summary>
    public Layer this[string name] => _layers.Single(layer => layer.Name == name);

    /// <summary>A layer by its place.</summary>
    public Layer this[int place] => _layers[place];

    /// <summary>Adds a layer with a kernel, whose last size is that of its outputs, and a bias of that size or of a shape of its own.</summary>
    public Layer Add(string name, int[] kernel, int[]? bias = null)
    {
        int fan = kernel.Length == 3 ? kernel[1] : kernel[..^1].Aggregate(1, static (product, size) => product * size);
        int[] biasShape = bias ?? [kernel[^1]];
        Layer layer = new(name, kernel, Draw(Count(kernel), MathF.Sqrt(6f / fan)), biasShape, Draw(Count(biasShape), 0.1f));
        _layers.Add(layer);
        return layer;
    }

    /// <summary>Takes the last layer away.</summary>
    public void RemoveLast() => _layers.RemoveAt(_layers.Count - 1);

    /// <summary>Writes the file as <c>save_weights</c> does.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="textLength">Bytes of a name; 0 for names of variable length.</param>
    public void Write(string path, int textLength = 64)
    {
        H5File file = new() { Attributes = { ["layer_names"] = (string[])["input_1", .. _layers.Select(static layer => layer.Name)], ["backend"] = "tensorflow" } };
        file["input_1"] = new H5Group { Attributes = { ["weight_names"] = Array.Empty<double>() } };
        foreach (var layer in _layers)
        {
            file[layer.Name] = new H5Group
            {
                [layer.Name] = new H5Group
                {
                    ["kernel:0"] = new H5Dataset(layer.Kernel, fileDims: [.. layer.KernelShape.Select(static size => (ulong)size)]),
                    ["bias:0"] = new H5Dataset(layer.Bias, fileDims: [.. layer.BiasShape.Select(static size => (ulong)size)]),
                },
                Attributes = { ["weight_names"] = (string[])[$"{layer.Name}/kernel:0", $"{layer.Name}/bias:0"] },
            };
        }

        file.Write(path, new H5WriteOptions(DefaultStringLength: textLength));
    }

    private static int Count(int[] shape) => shape.Aggregate(1, static (product, size) => product * size);

    private float[] Draw(int count, float limit)
    {
        float[] numbers = new float[count];
        float step = limit / (1 << 23);
        for (int i = 0; i < count; i++)
        {
            _state = (_state * 6364136223846793005) + 1442695040888963407;
            numbers[i] = ((int)(_state >> 40) * step) - limit;
        }

        return numbers;
    }

    /// <summary>A layer: names, shapes and numbers.</summary>
    internal sealed record Layer(string Name, int[] KernelShape, float[] Kernel, int[] BiasShape, float[] Bias);
}
