using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceAspire.Vision.Detection.Dlib;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Opens networks as dlib serializes them, plain (<c>.dat</c>) or packed (<c>.dat.bz2</c>).</summary>
/// <remarks>A file does not say how its layers are nested, that is in the C++ type. But bodies of layers begin with a tag, and what stands between them is numbers and flags,
/// so the bodies are found without the type. Groups are those with weights, in the file's order: from the input to the output, except that dlib's
/// <c>repeat</c> stands before all that lies below it, its last repetition first.</remarks>
public static class DlibWeightReader
{
    private const int LargestNetwork = 256 << 20; // dlib's largest published network has 42 MB

    /// <summary>The bodies: T a tensor, A the shape of a part of one, I a whole number, F a number, B a flag (dlib's <c>dnn/layers.h</c>, <c>input.h</c>, <c>loss.h</c>).</summary>
    private static readonly FrozenDictionary<string, string> _bodies = new Dictionary<string, string>
    {
        ["input_rgb_image"] = "FFF",
        ["input_rgb_image_sized"] = "FFFII",
        ["input_rgb_image_pyramid"] = "FFF",
        ["con_4"] = "TIIIIIIIAAFFFF",
        ["con_5"] = "TIIIIIIIAAFFFFB",
        ["con_6"] = "TIIIIIIIAAFFFFBB",
        ["affine_"] = "TAAI",
        ["affine_2"] = "TAAIB",
        ["bn_con2"] = "TAATTTTIIFFFFF",
        ["fc_2"] = "IITAAIFFFF",
        ["fc_3"] = "IITAAIFFFFB",
        ["relu_"] = "",
        ["relu_2"] = "B",
        ["max_pool_2"] = "IIIIII",
        ["avg_pool_2"] = "IIIIII",
        ["add_prev_"] = "",
        ["concat_"] = "I",
        ["dropout_"] = "FT",
        ["multiply_"] = "F",
        ["loss_metric_2"] = "FF",
        ["loss_mmod_"] = "",
        ["loss_multiclass_log_"] = "",
    }.ToFrozenDictionary();

    /// <summary>Opens a network. It is in memory, unpacked, until the file is disposed.</summary>
    /// <param name="path">A <c>.dat</c> or <c>.dat.bz2</c> file.</param>
    /// <exception cref="InvalidDataException">It is damaged, of another kind, or has layers that are not known here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path) => Open(path, LargestNetwork);

    /// <summary>Opens a network of at most so many bytes.</summary>
    internal static WeightFile Open(string path, int largest)
    {
        using var file = File.OpenRead(path);
        try
        {
            return new WeightFile(Groups(Unpacked(file, largest)));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The dlib file is damaged or none: {exception.Message}", exception);
        }
    }

    private static ReadOnlyMemory<byte> Unpacked(FileStream file, int largest)
    {
        bool packed = file.ReadByte() == 'B' && file.ReadByte() == 'Z';
        file.Position = 0;
        if (!packed)
        {
            byte[] plain = file.Length <= largest ? new byte[file.Length] : throw new InvalidDataException($"it has {file.Length} bytes, more than the {largest} of any network.");
            file.ReadExactly(plain);
            return plain;
        }

        MemoryStream unpacked = new();
        byte[] part = new byte[1 << 16];
        try
        {
            using BZip2InputStream source = new(file);
            while (source.Read(part) is > 0 and int read)
            {
                if (unpacked.Length + read > largest)
                {
                    throw new InvalidDataException($"it unpacks to more than the {largest} bytes of any network.");
                }

                unpacked.Write(part, 0, read);
            }
        }
        catch (Exception exception) when (exception is SharpZipBaseException or EndOfStreamException or IndexOutOfRangeException or NullReferenceException)
        {
            // The unpacker lets indices of damaged tables run out of their arrays.
            throw new InvalidDataException("it does not unpack.", exception);
        }

        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }

    private static List<WeightGroup> Groups(ReadOnlyMemory<byte> bytes)
    {
        DlibSerialReader reader = new(bytes.Span);
        List<WeightGroup> groups = [];
        while (!reader.IsAtEnd)
        {
            if (reader.IsAtFlag)
            {
                reader.ReadFlag();
            }
            else if (reader.TryReadTag() is { } tag)
            {
                string body = _bodies.TryGetValue(tag, out string? known) ? known : throw new InvalidDataException($"the layer '{tag}' is not known here.");
                if (Group(groups.Count, tag, Body.Read(ref reader, body, bytes)) is { } group)
                {
                    groups.Add(group);
                }
            }
            else
            {
                reader.ReadInteger(); // a version, or an empty tensor
            }
        }

        return groups.Count > 0 ? groups : throw new InvalidDataException("it has no layers.");
    }

    private static WeightGroup? Group(int index, string tag, Body body)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{tag} {index}");
        return tag switch
        {
            ['i', 'n', 'p', ..] => new(name, [new($"{name}/mean", [3], destination => Means(body, destination))], body.Numbers),
            ['c', 'o', 'n', '_', ..] => new(name, Parts(body, name, "filters", "biases", body.Parts[0], [Count(body.Parts[1])]), body.Numbers),
            ['f', 'c', ..] => new(name, Parts(body, name, "weights", "biases", [body.Parts[0][0], Count(body.Parts[0]) / Math.Max(body.Parts[0][0], 1)], [Count(body.Parts[1])]), body.Numbers),
            ['a', 'f', 'f', ..] => new(name, Parts(body, name, "gamma", "beta", [Count(body.Parts[0])], [Count(body.Parts[1])]), body.Numbers),
            ['b', 'n', ..] => new(
                name,
                [
                    .. Parts(body, name, "gamma", "beta", [Count(body.Parts[0])], [Count(body.Parts[1])]),
                    Tensor($"{name}/mean", [body.Tensors[3].Length / sizeof(float)], body.Tensors[3]),
                    Tensor($"{name}/variance", [body.Tensors[4].Length / sizeof(float)], body.Tensors[4]),
                ],
                body.Numbers),
            _ => null,
        };
    }

    private static void Means(Body body, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (float)body.Numbers[i];
        }
    }

    /// <summary>The two parts of a layer's parameters; the second may be missing.</summary>
    private static List<WeightTensor> Parts(Body body, string name, string first, string second, IReadOnlyList<int> firstShape, IReadOnlyList<int> secondShape)
    {
        var parameters = body.Tensors[0];
        int split = checked(Count(firstShape) * sizeof(float));
        int end = checked(split + (Count(secondShape) * sizeof(float)));
        if (split == 0 || end != parameters.Length)
        {
            throw new InvalidDataException($"'{name}' has {parameters.Length / sizeof(float)} numbers where {end / sizeof(float)} are expected.");
        }

        List<WeightTensor> parts = [Tensor($"{name}/{first}", firstShape, parameters[..split])];
        if (end > split)
        {
            parts.Add(Tensor($"{name}/{second}", secondShape, parameters[split..]));
        }

        return parts;
    }

    private static WeightTensor Tensor(string name, IReadOnlyList<int> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, shape, destination => MemoryMarshal.Cast<byte, float>(bytes.Span).CopyTo(destination));

    private static int Count(IReadOnlyList<int> shape)
    {
        long count = 1;
        foreach (int size in shape)
        {
            count = Math.Min(count * size, LargestNetwork);
        }

        return (int)count;
    }

    /// <summary>What a layer's body holds, kind by kind.</summary>
    private sealed record Body(List<ReadOnlyMemory<byte>> Tensors, List<int[]> Parts, List<double> Numbers)
    {
        public static Body Read(ref DlibSerialReader reader, string layout, ReadOnlyMemory<byte> bytes)
        {
            Body body = new([], [], []);
            foreach (char part in layout)
            {
                switch (part)
                {
                    case 'T':
                        int length = reader.ReadTensor().Length;
                        body.Tensors.Add(bytes.Slice(bytes.Length - reader.Remaining - length, length));
                        break;
                    case 'A':
                        reader.Expect(1, "the version of a tensor's part");
                        body.Parts.Add([Size(ref reader), Size(ref reader), Size(ref reader), Size(ref reader)]);
                        break;
                    case 'I':
                        body.Numbers.Add(reader.ReadInteger());
                        break;
                    case 'F':
                        body.Numbers.Add(reader.ReadDouble());
                        break;
                    default:
                        body.Numbers.Add(reader.ReadFlag() ? 1 : 0);
                        break;
                }
            }

            return body;
        }

        private static int Size(ref DlibSerialReader reader) => reader.ReadInteger() is >= 0 and <= LargestNetwork and long size
            ? (int)size
            : throw new InvalidDataException("a layer's size is beyond all networks.");
    }
}
