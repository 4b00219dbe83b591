using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Provisioning;

/// <summary>Runs a network once before it gets its name: a file that loads may still be another network.</summary>
internal static class NetworkTrial
{
    private const int Channels = 1;
    private const int Height = 2;
    private const int Width = 3;

    // An input of a detector with a free size has the longest side of the catalogue there, which is more than a trial needs.
    private const int MaxFreeSide = 128;

    /// <summary>Runs it on noise.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="entry">What it should be.</param>
    /// <exception cref="InvalidDataException">It cannot be loaded or run, takes another input, gives embeddings of another length or numbers that are none.</exception>
    public static void Run(string path, ModelEntry entry)
    {
        try
        {
            using var economical = Economical();
            using InferenceSession session = new(path, economical);
            if (session.InputMetadata.Count != 1)
            {
                throw new InvalidDataException($"The network has {session.InputMetadata.Count} inputs, one is expected.");
            }

            long[] shape = ShapeOf(session.InputMetadata.Values.First().Dimensions, entry);
            float[] noise = new float[shape.Aggregate(1L, static (product, side) => product * side)];
            Random random = new(1);
            for (int i = 0; i < noise.Length; i++)
            {
                noise[i] = random.NextSingle();
            }

            using var input = OrtValue.CreateTensorValueFromMemory(noise, shape);
            using RunOptions options = new();
            using var outputs = session.Run(options, session.InputNames, [input], session.OutputNames);
            for (int i = 0; i < outputs.Count; i++)
            {
                Check(outputs[i], session.OutputNames[i], i == 0 && entry.Task == ModelTask.Recognition ? entry.Dimension : null);
            }
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"The network cannot be run: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>For one run: weights are neither laid out anew nor folded, which would need their memory once more.</summary>
    private static SessionOptions Economical()
    {
        SessionOptions options = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        return options;
    }

    private static long[] ShapeOf(int[] dimensions, ModelEntry entry)
    {
        int channels = entry.Input.Mean.Count;
        if (dimensions.Length != 4 || (dimensions[Channels] > 0 && dimensions[Channels] != channels))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The network's input is {string.Join('×', dimensions)}, N×{channels}×height×width is expected."));
        }

        // The parts of a cascade have sizes of their own.
        bool hasOneSize = entry.Task != ModelTask.Detection;
        if (hasOneSize && ((dimensions[Height] > 0 && dimensions[Height] != entry.Input.Height) || (dimensions[Width] > 0 && dimensions[Width] != entry.Input.Width)))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"The network takes {dimensions[Width]}×{dimensions[Height]} pixels, the catalogue says {entry.Input.Width}×{entry.Input.Height}."));
        }

        int free = hasOneSize ? int.MaxValue : MaxFreeSide;
        return
        [
            Math.Max(1, dimensions[0]),
            channels,
            dimensions[Height] > 0 ? dimensions[Height] : Math.Min(free, entry.Input.Height),
            dimensions[Width] > 0 ? dimensions[Width] : Math.Min(free, entry.Input.Width),
        ];
    }

    private static void Check(OrtValue output, string name, int? dimension)
    {
        if (output.GetTensorTypeAndShape() is not { ElementDataType: Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float } info)
        {
            return;
        }

        var values = output.GetTensorDataAsSpan<float>();
        if (dimension is { } expected && values.Length / Math.Max(1, info.Shape[0]) != expected)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The network gives {values.Length / Math.Max(1, info.Shape[0])} numbers a face, {expected} are expected."));
        }

        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new InvalidDataException($"The network's output '{name}' is not finite.");
            }
        }
    }
}
