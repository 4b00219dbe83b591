using System.Buffers.Binary;
using System.IO.Compression;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Opens dictionaries of tensors as <c>torch.save</c> writes them, in the form of a ZIP file (since PyTorch 1.6) or the older one of pickles in a row.</summary>
/// <remarks>The pickle is read as data: <see cref="PickleMachine"/> calls nothing. A group is a module with its own tensors, named as in the dictionary without a
/// leading <c>module.</c> (which training on several GPUs leaves); tensors of whole numbers are left out.</remarks>
public static class TorchWeightReader
{
    /// <summary>Opens a dictionary of tensors. The file's bytes are in memory until it is disposed.</summary>
    /// <param name="path">A <c>.pt</c> or <c>.pth</c> file.</param>
    /// <exception cref="InvalidDataException">It is damaged, of another kind, or holds more than tensors.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path) => WholeFile.Open(path, "PyTorch", static bytes => new(bytes.AsSpan().StartsWith("PK"u8) ? Zipped(bytes) : Plain(bytes)));

    private static IReadOnlyList<WeightGroup> Zipped(byte[] bytes)
    {
        using ZipArchive archive = new(new MemoryStream(bytes), ZipArchiveMode.Read);
        var pickle = archive.Entries.FirstOrDefault(static entry => entry.Name == "data.pkl") ?? throw new InvalidDataException("it has no 'data.pkl'.");
        string folder = pickle.FullName[..^pickle.Name.Length];
        object? root = new PickleMachine(Content(pickle, bytes.Length)).Read();
        Dictionary<string, ReadOnlyMemory<byte>> storages = [];
        return Groups(root, storage =>
        {
            if (!storages.TryGetValue(storage.Key, out var content))
            {
                // Names are looked up, never made into paths. PyTorch stores without packing, so an entry cannot be larger than the file.
                var entry = archive.GetEntry($"{folder}data/{storage.Key}") ?? throw new InvalidDataException($"it has no storage '{storage.Key}'.");
                storages.Add(storage.Key, content = Content(entry, bytes.Length));
            }

            return content;
        });
    }

    private static byte[] Content(ZipArchiveEntry entry, int fileLength)
    {
        if (entry.Length > fileLength || entry.CompressedLength != entry.Length)
        {
            throw new InvalidDataException($"'{entry.FullName}' is packed, or announces {entry.Length} bytes.");
        }

        byte[] content = new byte[entry.Length];
        using var stream = entry.Open();
        try
        {
            stream.ReadExactly(content);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"'{entry.FullName}' ends too early.", exception);
        }

        return content;
    }

    /// <summary>Five pickles (a mark, a version, the machine, the dictionary, the storages' names), then each storage: the number of its numbers, and the numbers.</summary>
    private static IReadOnlyList<WeightGroup> Plain(byte[] bytes)
    {
        const long Version = 1001;
        PickleMachine pickles = new(bytes);
        pickles.Read();
        if (pickles.Read() is not Version)
        {
            throw new InvalidDataException("it does not begin as files of PyTorch do.");
        }

        pickles.Read();
        object? root = pickles.Read();
        if (pickles.Read() is not List<object?> keys)
        {
            throw new InvalidDataException("it does not name its storages.");
        }

        var sizes = Tensors(root).DistinctBy(static tensor => tensor.Value.Storage.Key).ToDictionary(static tensor => tensor.Value.Storage.Key, static tensor => tensor.Value.Storage);
        Dictionary<string, ReadOnlyMemory<byte>> storages = [];
        int position = pickles.Position;
        foreach (object? key in keys)
        {
            if (key is not string name || !sizes.TryGetValue(name, out var storage) || bytes.Length - position < sizeof(long))
            {
                throw new InvalidDataException("its storages are not those that its tensors need.");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(position));
            long length = (long)storage.Count * storage.NumberSize;
            position += sizeof(long);
            if (count != storage.Count || length > bytes.Length - position || !storages.TryAdd(name, bytes.AsMemory(position, (int)length)))
            {
                throw new InvalidDataException($"its storage '{name}' has {count} numbers where {storage.Count} are expected.");
            }

            position += (int)length;
        }

        return Groups(root, storage => storages.TryGetValue(storage.Key, out var content) ? content : throw new InvalidDataException($"it has no storage '{storage.Key}'."));
    }

    private static IReadOnlyList<WeightGroup> Groups(object? root, Func<TorchStorage, ReadOnlyMemory<byte>> storages)
    {
        List<WeightTensor> tensors = [];
        foreach (var (name, tensor) in Tensors(root))
        {
            if (!tensor.IsFloating)
            {
                continue;
            }

            var bytes = storages(tensor.Storage);
            if (bytes.Length != (long)tensor.Storage.Count * tensor.Storage.NumberSize)
            {
                throw new InvalidDataException($"its storage '{tensor.Storage.Key}' has {bytes.Length} bytes where {tensor.Storage.Count} numbers are expected.");
            }

            tensors.Add(new(name, tensor.Shape, destination => tensor.Read(bytes.Span, destination)));
        }

        return tensors.Count > 0
            ? WeightGroup.ByLayer(tensors, static name => name.LastIndexOf('.') is > 0 and int dot ? name[..dot] : name)
            : throw new InvalidDataException("it has no tensors.");
    }

    /// <summary>The tensors of a dictionary; of the one under <c>state_dict</c>, where there is one.</summary>
    private static IEnumerable<KeyValuePair<string, TorchTensor>> Tensors(object? root)
    {
        const string Prefix = "module.";
        if (root is not List<KeyValuePair<object?, object?>> dictionary)
        {
            throw new InvalidDataException("it holds no dictionary of tensors.");
        }

        if (dictionary.FirstOrDefault(static pair => pair.Key is "state_dict").Value is List<KeyValuePair<object?, object?>> inner)
        {
            dictionary = inner;
        }

        foreach (var (key, value) in dictionary)
        {
            if (key is string name && value is TorchTensor tensor)
            {
                yield return new(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name, tensor);
            }
        }
    }
}
