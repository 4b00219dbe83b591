using System.Buffers.Binary;
using System.Text;
using FaceAspire.ModelHub.Weights;
using ICSharpCode.SharpZipLib.BZip2;

namespace FaceAspire.ModelHub.Tests.Weights;

public sealed class DlibWeightReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Open_Layers_AreInOrderWithTheirNumbers()
    {
        using var file = Open(Network());

        file.Groups.Select(static group => group.Name).ShouldBe(["input_rgb_image 0", "con_4 1", "affine_ 2", "fc_2 3"]);
        file["input_rgb_image 0/mean"].ToArray().ShouldBe([122.5f, 117, 104.25f]);
        file["con_4 1/filters"].Shape.ShouldBe([2, 1, 1, 2]);
        file["con_4 1/filters"].ToArray().ShouldBe([1, 2, 3, 4]);
        file["con_4 1/biases"].ToArray().ShouldBe([5, 6]);
        file.Groups[1].Settings!.Take(7).ShouldBe([2, 1, 2, 3, 3, 0, 1]);
        file["affine_ 2/beta"].ToArray().ShouldBe([9, 10]);
        file["fc_2 3/weights"].Shape.ShouldBe([2, 3]);
        file.Has("fc_2 3/biases").ShouldBeFalse();
    }

    [Fact]
    public void Open_PackedFile_IsUnpacked()
    {
        using MemoryStream packed = new();
        BZip2.Compress(new MemoryStream(Network()), packed, isStreamOwner: false, level: 1);

        using var file = Open(packed.ToArray());

        file.Groups.Count.ShouldBe(4);
    }

    [Fact]
    public void Open_PackedFileBeyondTheLimit_IsRefused()
    {
        using MemoryStream packed = new();
        BZip2.Compress(new MemoryStream(new byte[8 << 20]), packed, isStreamOwner: false, level: 9);
        packed.Length.ShouldBeLessThan(1_000);
        File.WriteAllBytes(_path, packed.ToArray());

        Should.Throw<InvalidDataException>(() => DlibWeightReader.Open(_path, 1 << 20)).Message.ShouldContain("unpacks to more than the 1048576 bytes");
    }

    [Fact]
    public void Open_TruncatedAnywhere_IsRefusedOrEndsBetweenLayers()
    {
        byte[] whole = Network();
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                using var file = Open(whole[..length]);
                file.Groups.Count.ShouldBeLessThanOrEqualTo(4);
                foreach (var tensor in file.Groups.SelectMany(static group => group.Tensors))
                {
                    tensor.ToArray();
                }
            }
            catch (InvalidDataException)
            {
            }
        }

        Should.Throw<InvalidDataException>(() => Open([]));
        Should.Throw<InvalidDataException>(() => Open(whole[..100]));
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    public void Open_TensorOfAnImpossibleSize_IsRefused(long size)
    {
        DlibStream bytes = new();
        bytes.Tag("con_4").Integers(2, size, 1, 1, 1);

        Should.Throw<InvalidDataException>(() => Open(bytes.ToArray()));
    }

    [Fact]
    public void Open_UnknownLayer_IsRefusedByItsName() => Should.Throw<InvalidDataException>(() => Open(new DlibStream().Tag("cont_transpose").ToArray()))
        .Message.ShouldBe("The dlib file is damaged or none: the layer 'cont_transpose' is not known here.");

    [Fact]
    public void Open_AnyByteFlipped_SucceedsOrIsRefused()
    {
        byte[] plain = Network();
        using MemoryStream stream = new();
        BZip2.Compress(new MemoryStream(plain), stream, isStreamOwner: false, level: 1);
        DamagedFiles.ShouldBeReadOrRefused(plain, timesEach: 1, Open);
        DamagedFiles.ShouldBeReadOrRefused(stream.ToArray(), timesEach: 1, Open);
    }

    public void Dispose() => File.Delete(_path);

    private static byte[] Network()
    {
        DlibStream bytes = new();
        bytes.Integers(1).Tag("loss_metric_2").Number(1, -5).Number(19, -5).Integers(2, 2, 1, 3);
        bytes.Tag("input_rgb_image").Number(245, -1).Number(117, 0).Number(417, -2);
        bytes.Tag("con_4").Tensor(1, 2, 3, 4, 5, 6).Integers(2, 1, 2, 3, 3, 0, 1).Integers(1, 2, 1, 1, 2).Integers(1, 1, 2, 1, 1).Number(1, 0).Number(1, 0).Number(1, 0).Number(0, 0).End();
        bytes.Tag("affine_").Tensor(7, 8, 9, 10).Integers(1, 1, 2, 1, 1).Integers(1, 1, 2, 1, 1).Integers(0).End();
        bytes.Tag("relu_").End();
        bytes.Tag("max_pool_2").Integers(3, 3, 2, 2, 0, 0).End();
        bytes.Tag("fc_2").Integers(3, 2).Tensor(1, 2, 3, 4, 5, 6).Integers(1, 2, 3, 1, 1).Integers(1, 0, 0, 0, 0).Integers(1).Number(1, 0).Number(1, 0).Number(1, 0).Number(0, 0).End();
        return bytes.ToArray();
    }

    private WeightFile Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return DlibWeightReader.Open(_path);
    }

    /// <summary>Writes as dlib's <c>serialize</c> does.</summary>
    private sealed class DlibStream
    {
        private readonly List<byte> _bytes = [];

        public DlibStream Integers(params ReadOnlySpan<long> numbers)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            foreach (long number in numbers)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, Math.Abs(number));
                int length = Math.Max(bytes.LastIndexOfAnyExcept((byte)0) + 1, 1);
                _bytes.Add((byte)((number < 0 ? 0x80 : 0) | length));
                _bytes.AddRange(bytes[..length]);
            }

            return this;
        }

        public DlibStream Number(long mantissa, long exponent) => Integers(mantissa, exponent);

        public DlibStream Tag(string tag)
        {
            Integers(tag.Length);
            _bytes.AddRange(Encoding.ASCII.GetBytes(tag));
            return this;
        }

        public DlibStream Tensor(params ReadOnlySpan<float> numbers)
        {
            Integers(2, numbers.Length, 1, 1, 1);
            foreach (float number in numbers)
            {
                _bytes.AddRange(BitConverter.GetBytes(number));
            }

            return this;
        }

        /// <summary>What follows a layer's body: three flags and three empty tensors.</summary>
        public DlibStream End()
        {
            _bytes.AddRange("110"u8);
            return Integers(2, 0, 0, 0, 0).Integers(2, 0, 0, 0, 0).Integers(2, 0, 0, 0, 0);
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
