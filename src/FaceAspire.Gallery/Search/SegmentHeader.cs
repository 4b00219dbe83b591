using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace FaceAspire.Gallery.Search;

/// <summary>The start of a segment file. It is written to two slots in turn, so that a write cut short leaves the one before.</summary>
/// <param name="Sequence">Counts the writes; the larger of two sound slots is the header.</param>
/// <param name="Dimension">Numbers in a vector.</param>
/// <param name="Rows">Rows there were when it was written; rows behind them may have come since.</param>
/// <param name="Change">The change given to the checkpoint.</param>
internal readonly record struct SegmentHeader(long Sequence, int Dimension, int Rows, long Change)
{
    /// <summary>Bytes from one slot to the other, so that they share no sector and no page.</summary>
    public const int SlotSize = 4096;

    private const int Version = 1;
    private const int Length = 48; // magic 8, version 4, dimension 4, sequence 8, change 8, rows 4, reserved 4, checksum 8

    private static ReadOnlySpan<byte> Magic => "FAvector"u8;

    /// <summary>The header of a file; null when neither slot is sound.</summary>
    public static SegmentHeader? TryRead(SafeFileHandle file)
    {
        var first = TryReadSlot(file, 0);
        var second = TryReadSlot(file, 1);
        return first is null || second?.Sequence > first.Value.Sequence ? second : first;
    }

    /// <summary>Writes it to the slot that its sequence falls to.</summary>
    public void Write(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Dimension);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Change);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[36..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], XxHash3.HashToUInt64(bytes[..40]));
        RandomAccess.Write(file, bytes, (Sequence & 1) * SlotSize);
    }

    private static SegmentHeader? TryReadSlot(SafeFileHandle file, int slot)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (RandomAccess.Read(file, bytes, slot * SlotSize) < Length
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) != Version
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]) != XxHash3.HashToUInt64(bytes[..40]))
        {
            return null;
        }

        SegmentHeader header = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        return header.Rows >= 0 ? header : null;
    }
}
