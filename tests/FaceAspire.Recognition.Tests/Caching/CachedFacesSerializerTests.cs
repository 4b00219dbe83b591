using System.Buffers;
using FaceAspire.Contracts.Responses;
using FaceAspire.Recognition.Caching;
using FaceAspire.Vision.Recognition;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Recognition.Tests.Caching;

public sealed class CachedFacesSerializerTests
{
    private static readonly CachedFacesSerializer _serializer = new();

    private static Arbitrary<CachedFaces> AnyFaces
    {
        get
        {
            var number = ArbMap.Default.GeneratorFor<int>();
            var known = Gen.OneOf(number.Select(static value => (int?)value), Gen.Constant((int?)null));
            var point = Gen.OneOf(number.Two().Select(static pair => (IReadOnlyList<int>?)[pair.Item1, pair.Item2]), Gen.Constant((IReadOnlyList<int>?)null));
            var score = Gen.Choose(0, 100).Select(static percent => percent / 100.0);
            var area =
                from x in known
                from y in known
                from w in known
                from h in known
                from left in point
                from right in point
                from confidence in Gen.OneOf(score.Select(static value => (double?)value), Gen.Constant((double?)null))
                select new FacialArea(x, y, w, h, left, right, confidence);
            var finite = ArbMap.Default.GeneratorFor<float>().Where(float.IsFinite);
            return (
                from dimension in Gen.Choose(1, 64)
                from faces in (
                    from numbers in finite.ArrayOf(dimension)
                    from place in area
                    from confidence in score
                    select new FaceEmbedding(new Embedding(numbers), place, confidence)).NonEmptyListOf()
                select new CachedFaces([.. faces])).ToArbitrary();
        }
    }

    [Fact]
    public void Deserialize_WhatWasSerialized_IsTheSame() => Prop.ForAll(AnyFaces, faces =>
    {
        byte[] bytes = Serialize(faces);
        var read = _serializer.Deserialize(new(bytes));

        bytes.Length.ShouldBe(CachedFacesSerializer.LengthOf(faces));
        ShouldBeSame(read, faces);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deserialize_AnyBytes_IsUnreadable() => Prop.ForAll<byte[]>(static bytes =>
    {
        Read(bytes).ShouldBeSameAs(CachedFaces.Unreadable);
        Read([CachedFacesSerializer.Version, 1, 0, 1, 0, .. bytes]).ShouldBeSameAs(CachedFaces.Unreadable);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deserialize_EveryTruncation_IsUnreadable()
    {
        byte[] bytes = Serialize(TwoFaces());

        for (int length = 0; length < bytes.Length; length++)
        {
            Read(bytes[..length]).ShouldBeSameAs(CachedFaces.Unreadable, $"{length} of {bytes.Length} bytes");
        }

        Read([.. bytes, 0]).ShouldBeSameAs(CachedFaces.Unreadable);
    }

    [Fact]
    public void Deserialize_EveryFlippedBit_IsUnreadable()
    {
        byte[] bytes = Serialize(TwoFaces());

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Read(bytes).ShouldBeSameAs(CachedFaces.Unreadable, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        ShouldBeSame(Read(bytes), TwoFaces());
    }

    [Fact]
    public void Deserialize_BytesInSeveralPieces_ReadsThem()
    {
        byte[] bytes = Serialize(TwoFaces());
        var first = new Piece(bytes.AsMemory(0, 7), 0);
        var last = first.Append(bytes.AsMemory(7));

        ShouldBeSame(_serializer.Deserialize(new(first, 0, last, bytes.Length - 7)), TwoFaces());
    }

    [Fact]
    public void Serialize_FaceOfFaceLite_IsLittleMoreThanItsNumbers()
    {
        var face = new FaceEmbedding(new Embedding(new float[192]), new(1, 2, 3, 4, [5, 6], [7, 8]), 0.9);

        Serialize(new([face])).Length.ShouldBe((192 * 4) + 54);
    }

    private static CachedFaces TwoFaces() => new(
    [
        new(new Embedding(new[] { 1f, -2.5f, float.Epsilon }), new(1, 2, 30, 40, [5, 6], null), 0.93),
        new(new Embedding(new[] { float.MaxValue, 0f, -0f }), new(0, 0, 0, 0, null, [7, 8], 0.5), 0),
    ]);

    private static void ShouldBeSame(CachedFaces read, CachedFaces expected)
    {
        read.Faces.Count.ShouldBe(expected.Faces.Count);
        foreach (var (one, other) in read.Faces.Zip(expected.Faces))
        {
            one.Embedding.Values.ToArray().Select(BitConverter.SingleToInt32Bits).ShouldBe(other.Embedding.Values.ToArray().Select(BitConverter.SingleToInt32Bits));
            one.Confidence.ShouldBe(other.Confidence);
            (one.Area with { LeftEye = null, RightEye = null }).ShouldBe(other.Area with { LeftEye = null, RightEye = null });
            one.Area.LeftEye.ShouldBe(other.Area.LeftEye);
            one.Area.RightEye.ShouldBe(other.Area.RightEye);
        }
    }

    private static CachedFaces Read(byte[] bytes) => _serializer.Deserialize(new(bytes));

    private static byte[] Serialize(CachedFaces faces)
    {
        var writer = new ArrayBufferWriter<byte>();
        _serializer.Serialize(faces, writer);
        return writer.WrittenSpan.ToArray();
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
