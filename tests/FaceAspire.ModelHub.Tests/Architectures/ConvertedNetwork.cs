using FaceAspire.ModelHub.Conversion;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>A network that <see cref="ModelConverter"/> has made, in OnnxRuntime.</summary>
internal sealed class ConvertedNetwork : IDisposable
{
    private readonly string _path;
    private readonly InferenceSession _session;

    private ConvertedNetwork(string path)
    {
        // For one run it does not pay to optimize a graph and to lay weights out anew.
        using SessionOptions options = new() { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        (_path, _session) = (path, new(path, options));
    }

    public static ConvertedNetwork From(string architecture, string weights)
    {
        string path = Path.ChangeExtension(weights, ".onnx");
        using (var file = File.Create(path))
        {
            ModelConverter.Convert(architecture, weights, file, TestContext.Current.CancellationToken);
        }

        return new(path);
    }

    /// <summary>The only output for an input in planes.</summary>
    public float[] Run(float[] input, params long[] shape) => Run(_session, input, shape);

    public static float[] Run(InferenceSession session, float[] input, params long[] shape)
    {
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, shape);
        using RunOptions options = new();
        using var outputs = session.Run(options, ["input"], [tensor], session.OutputNames);
        return outputs.Single().GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _session.Dispose();
        File.Delete(_path);
    }
}
