using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceAspire.Gallery;

/// <summary>Vectors as stores keep them: float32, little-endian.</summary>
internal static class VectorBytes
{
    /// <summary>The bytes of a vector.</summary>
    public static byte[] Of(ReadOnlySpan<float> vector)
    {
        byte[] bytes = new byte[vector.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(vector).CopyTo(bytes);
        }
        else
        {
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(vector), MemoryMarshal.Cast<byte, int>(bytes.AsSpan()));
        }

        return bytes;
    }

    /// <summary>The vector of bytes.</summary>
    /// <exception cref="InvalidDataException">They are not those of a vector of this dimension.</exception>
    public static float[] Read(ReadOnlySpan<byte> bytes, int dimension)
    {
        if (bytes.Length != dimension * sizeof(float))
        {
            throw new InvalidDataException($"A vector of {dimension} numbers does not have {bytes.Length} bytes.");
        }

        float[] vector = new float[dimension];
        if (BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        }
        else
        {
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(bytes), MemoryMarshal.Cast<float, int>(vector.AsSpan()));
        }

        return vector;
    }
}
