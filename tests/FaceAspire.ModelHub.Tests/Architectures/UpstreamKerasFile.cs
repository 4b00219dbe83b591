using System.Globalization;
using FaceAspire.Testing;
using PureHDF;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>A network of <c>keras-weights.tsv</c>, which was computed from its authors' code, with weights drawn from a seed: every layer with its name, place and shapes.</summary>
internal sealed class UpstreamKerasFile
{
    private readonly List<(string Name, List<(string Name, int[] Shape, float[] Numbers)> Tensors)> _layers = [];

    /// <summary>Draws the weights of a network.</summary>
    public UpstreamKerasFile(string network, int seed)
    {
        Random random = new(seed);
        foreach (string line in File.ReadLines(SharedMaterial.File("spec", "keras-weights.tsv")))
        {
            if (line.Split('\t') is [var model, _, var name, _, _, var weights, ..] && model == network)
            {
                _layers.Add((name.Trim('(', ')'), [.. weights.Split(' ').Select(tensor => Draw(random, tensor))]));
            }
        }

        _layers.ShouldNotBeEmpty();
    }

    /// <summary>How many layers it has.</summary>
    public int Count => _layers.Count;

    /// <summary>A layer with its kernel and its bias, which is 0 where there is none.</summary>
    public RandomKerasFile.Layer Conv(string name)
    {
        var kernel = Tensor(name, "kernel");
        int outputs = kernel.Shape[^1];
        return new(name, kernel.Shape, kernel.Numbers, [outputs], Has(name, "bias") ? Tensor(name, "bias").Numbers : new float[outputs]);
    }

    /// <summary>The same by its place.</summary>
    public RandomKerasFile.Layer Conv(int place) => Conv(_layers[place].Name);

    /// <summary>The numbers of a layer's tensor.</summary>
    public float[] Numbers(string layer, string tensor) => Tensor(layer, tensor).Numbers;

    /// <summary>The numbers of a layer's only tensor.</summary>
    public float[] Numbers(int place) => _layers[place].Tensors.Single().Numbers;

    /// <summary>gamma·(x − mean)/√(variance + epsilon) + beta on a map.</summary>
    public PlainMap Norm(PlainMap map, string name, double epsilon)
    {
        float[]? gamma = Has(name, "gamma") ? Tensor(name, "gamma").Numbers : null;
        float[] beta = Tensor(name, "beta").Numbers, mean = Tensor(name, "moving_mean").Numbers, variance = Tensor(name, "moving_variance").Numbers;
        return map.Each((value, channel) => ((gamma?[channel] ?? 1) * (value - mean[channel]) / Math.Sqrt(variance[channel] + epsilon)) + beta[channel]);
    }

    /// <summary>The same by its place.</summary>
    public PlainMap Norm(PlainMap map, int place, double epsilon) => Norm(map, _layers[place].Name, epsilon);

    /// <summary>Writes it as <c>save_weights</c> does.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="isNamed">Whether the layers have their authors' names; else names that say nothing.</param>
    public void Write(string path, bool isNamed = true)
    {
        string NameOf(int place) => isNamed ? _layers[place].Name : string.Create(CultureInfo.InvariantCulture, $"layer_{place}");
        H5File file = new() { Attributes = { ["layer_names"] = Enumerable.Range(0, Count).Select(NameOf).ToArray() } };
        for (int place = 0; place < Count; place++)
        {
            string name = NameOf(place);
            H5Group inner = [];
            foreach (var (tensor, shape, numbers) in _layers[place].Tensors)
            {
                inner[$"{tensor}:0"] = new H5Dataset(numbers, fileDims: [.. shape.Select(static size => (ulong)size)]);
            }

            file[name] = new H5Group
            {
                [name] = inner,
                Attributes = { ["weight_names"] = _layers[place].Tensors.Select(tensor => $"{name}/{tensor.Name}:0").ToArray() },
            };
        }

        file.Write(path, new H5WriteOptions(DefaultStringLength: 96));
    }

    private static (string Name, int[] Shape, float[] Numbers) Draw(Random random, string text)
    {
        string[] parts = text.Split(':');
        int[] shape = [.. parts[1].Split('x').Select(static size => int.Parse(size, CultureInfo.InvariantCulture))];
        bool isDepthwise = parts[0].StartsWith("depthwise", StringComparison.Ordinal);
        int fan = isDepthwise ? shape[0] * shape[1] : shape[..^1].Aggregate(1, static (product, size) => product * size);
        var (low, high) = parts[0] switch
        {
            "gamma" => (0.3f, 0.9f), // so that sums over many blocks stay small
            "moving_variance" => (0.5f, 1.5f),
            "beta" or "moving_mean" or "bias" => (-0.1f, 0.1f),
            "alpha" => (0, 0.5f),
            _ => (-MathF.Sqrt(6f / fan), MathF.Sqrt(6f / fan)),
        };
        float[] numbers = new float[shape.Aggregate(1, static (product, size) => product * size)];
        foreach (ref float number in numbers.AsSpan())
        {
            number = low + ((high - low) * random.NextSingle());
        }

        return (parts[0], shape, numbers);
    }

    private bool Has(string layer, string tensor) => _layers.Single(candidate => candidate.Name == layer).Tensors.Exists(candidate => candidate.Name == tensor);

    private (string Name, int[] Shape, float[] Numbers) Tensor(string layer, string tensor) =>
        _layers.Single(candidate => candidate.Name == layer).Tensors.Single(candidate => candidate.Name == tensor);
}
