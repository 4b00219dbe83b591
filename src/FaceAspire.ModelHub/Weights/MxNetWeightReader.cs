using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceAspire.ModelHub.Weights;

/// <summary>Opens a list of named arrays as MXNet saves it (<c>.params</c>, arrays of version 2; MXNet's <c>ndarray.cc</c>).</summary>
/// <remarks>A group is a layer: what stands before the last underscore of its names, or before <c>_moving</c>. Names are without <c>arg:</c> and <c>aux:</c>.</remarks>
public static class MxNetWeightReader
{
    private const ulong ListMagic = 0x112;
    private const uint ArrayMagic = 0xF993FAC9;

    /// <summary>Opens a list of arrays. The file's bytes are in memory until it is disposed.</summary>
    /// <param name="path">A <c>.params</c> file.</param>
    /// <exception cref="InvalidDataException">It is damaged, of another kind, or has arrays that are not dense floats.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightFile Open(string path) => WholeFile.Open(path, "MXNet", static bytes => new(Groups(bytes)));

    private static IReadOnlyList<WeightGroup> Groups(byte[] bytes)
    {
        Cursor cursor = new(bytes);
        if (cursor.UInt64() != ListMagic || cursor.UInt64() != 0)
        {
            throw new InvalidDataException("it does not begin as lists of arrays do.");
        }

        var arrays = new (int[] Shape, int Start, int Length)[cursor.Count()];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = cursor.Array();
        }

        if (cursor.Count() != arrays.Length)
        {
            throw new InvalidDataException("it has other names than arrays.");
        }

        List<WeightTensor> tensors = [];
        foreach (var (shape, start, length) in arrays)
        {
            string name = cursor.Text();
            name = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
            tensors.Add(new(name, shape, destination => MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start, length)).CopyTo(destination)));
        }

        return tensors.Count > 0 ? WeightGroup.ByLayer(tensors, Layer) : throw new InvalidDataException("it has no arrays.");
    }

    private static string Layer(string name)
    {
        int end = name.LastIndexOf("_moving", StringComparison.Ordinal);
        end = end > 0 ? end : name.LastIndexOf('_');
        return end > 0 ? name[..end] : name;
    }

    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _position;

        public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

        /// <summary>A number of things that take at least a byte each.</summary>
        public int Count() => UInt64() is var count && count <= (ulong)(_bytes.Length - _position) ? (int)count : throw new InvalidDataException($"it announces {count} parts.");

        public string Text() => Encoding.UTF8.GetString(Take(Count()));

        /// <summary>Where the numbers of a dense array of floats lie.</summary>
        public (int[] Shape, int Start, int Length) Array()
        {
            const int MostDimensions = 8;
            uint magic = UInt32();
            uint storage = UInt32();
            uint dimensions = UInt32();
            if (magic != ArrayMagic || storage != 0 || dimensions is 0 or > MostDimensions)
            {
                throw new InvalidDataException($"an array at {_position} is of another version, sparse or of {dimensions} dimensions.");
            }

            int[] shape = new int[dimensions];
            long count = 1;
            for (int i = 0; i < shape.Length; i++)
            {
                ulong size = UInt64();
                if (size > int.MaxValue || (count *= (long)size) > int.MaxValue)
                {
                    throw new InvalidDataException($"an array has a size of {size}.");
                }

                shape[i] = (int)size;
            }

            Take(2 * sizeof(int)); // the device on which it was
            uint type = UInt32();
            if (type != 0)
            {
                throw new InvalidDataException($"an array has numbers of type {type} where floats are expected.");
            }

            int start = _position;
            return (shape, start, Take(count * sizeof(float)).Length);
        }

        private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

        private ReadOnlySpan<byte> Take(long count)
        {
            if (count > _bytes.Length - _position)
            {
                throw new InvalidDataException("it ends too early.");
            }

            var taken = _bytes.Slice(_position, (int)count);
            _position += (int)count;
            return taken;
        }
    }
}
