using System.IO.Compression;
using System.Text;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Tests.Weights;

public sealed class TorchWeightReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Open_ZipFile_GivesItsTensors()
    {
        using var file = Open(Zip(Dictionary("module.a.weight", "FloatStorage", 6, 0, [2, 3], [1, 2]), Bytes([1f, 2, 3, 4, 5, 6])));

        file.Groups.Single().Name.ShouldBe("a");
        file["a.weight"].Shape.ShouldBe([2, 3]);
        file["a.weight"].ToArray().ShouldBe([1, 3, 5, 2, 4, 6]); // strides of a transposed matrix
    }

    [Fact]
    public void Open_OlderFile_GivesItsTensors()
    {
        byte[] pickle = Dictionary("a.weight", "FloatStorage", 3, 1, [2], [1]);
        byte[] file =
        [
            0x80, 2, 0x8A, 10, .. new byte[10], (byte)'.',
            0x80, 2, (byte)'M', 0xE9, 3, (byte)'.',
            0x80, 2, (byte)'}', (byte)'.',
            .. pickle,
            0x80, 2, (byte)']', .. Text("0"), (byte)'a', (byte)'.',
            3, 0, 0, 0, 0, 0, 0, 0, .. Bytes([7f, 8, 9]),
        ];

        using var opened = Open(file);

        opened["a.weight"].ToArray().ShouldBe([8, 9]);
        for (int length = 0; length < file.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => Open(file[..length]), $"cut after {length}");
        }
    }

    [Theory]
    [InlineData("DoubleStorage", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F })]
    [InlineData("HalfStorage", new byte[] { 0x00, 0x3E })]
    [InlineData("BFloat16Storage", new byte[] { 0xC0, 0x3F })]
    public void Open_OtherNumbers_AreConverted(string type, byte[] number)
    {
        using var file = Open(Zip(Dictionary("a", type, 1, 0, [1], [1]), number));

        file["a"].ToArray().ShouldBe([1.5f]);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("collections", "OrderedDict.__init__")]
    public void Open_PickleThatNamesOtherCode_IsRefusedByItsName(string module, string name)
    {
        byte[] pickle = [0x80, 2, .. Global(module, name), .. Text("echo"), 0x85, (byte)'R', (byte)'.'];

        Should.Throw<InvalidDataException>(() => Open(Zip(pickle, []))).Message.ShouldContain($"'{module}.{name}'");
    }

    [Fact]
    public void Open_CallOfWhatIsNoClass_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Open(Zip([0x80, 2, .. Text("system"), .. Text("echo"), 0x85, (byte)'R', (byte)'.'], []))).Message.ShouldContain("no class");

    [Fact]
    public void Open_UnknownOperation_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Open(Zip([0x80, 2, (byte)'i', (byte)'.'], []))).Message.ShouldContain("0x69"); // INST makes an object

    [Theory]
    [InlineData(7, 0, new[] { 6 }, new[] { 1 })] // the storage has six numbers, not seven
    [InlineData(6, 1, new[] { 6 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 6 }, new[] { 2 })]
    [InlineData(6, 0, new[] { 1 << 30, 1 << 30 }, new[] { 0, 0 })]
    [InlineData(6, 0, new[] { -1 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 2, 3 }, new[] { 1 })]
    [InlineData(-6, 0, new[] { 1 }, new[] { 1 })]
    public void Open_TensorOutsideOfItsStorage_IsRefused(int count, int offset, int[] shape, int[] strides) =>
        Should.Throw<InvalidDataException>(() => Open(Zip(Dictionary("a", "FloatStorage", count, offset, shape, strides), new byte[24])));

    [Fact]
    public void Open_NestedLists_AreNoTrouble() =>
        Should.Throw<InvalidDataException>(() => Open(Zip([0x80, 2, .. Enumerable.Repeat((byte)']', 100_000), .. Enumerable.Repeat((byte)'a', 99_999), (byte)'.'], [])))
            .Message.ShouldContain("no dictionary");

    [Fact]
    public void Open_StorageNamedAsAPath_IsOnlyLookedUp() => // a name is no path
        Should.Throw<InvalidDataException>(() => Open(Zip(Dictionary("a", "FloatStorage", 1, 0, [1], [1], "../../passwd"), new byte[4]))).Message.ShouldContain("no storage '../../passwd'");

    [Fact]
    public void Open_PackedEntry_IsRefused()
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("x/data.pkl", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[50 << 20]);
        }

        Should.Throw<InvalidDataException>(() => Open(file.ToArray())).Message.ShouldContain("'x/data.pkl' is packed");
    }

    [Fact]
    public void Open_AnyByteFlipped_SucceedsOrIsRefused()
    {
        byte[] whole = Zip(Dictionary("a.weight", "FloatStorage", 6, 0, [2, 3], [3, 1]), Bytes([1f, 2, 3, 4, 5, 6]));
        DamagedFiles.ShouldBeReadOrRefused(whole, timesEach: 3, Open);
    }

    public void Dispose() => File.Delete(_path);

    /// <summary>A pickled dictionary with one tensor, in the operations that PyTorch uses.</summary>
    private static byte[] Dictionary(string name, string type, int count, int offset, int[] shape, int[] strides, string key = "0") =>
    [
        0x80, 2, .. Global("collections", "OrderedDict"), (byte)')', (byte)'R', (byte)'(', .. Text(name),
        .. Global("torch._utils", "_rebuild_tensor_v2"), (byte)'(',
        (byte)'(', .. Text("storage"), .. Global("torch", type), .. Text(key), .. Text("cpu"), .. Number(count), (byte)'t', (byte)'Q',
        .. Number(offset), (byte)'(', .. shape.SelectMany(Number), (byte)'t', (byte)'(', .. strides.SelectMany(Number), (byte)'t', 0x89,
        .. Global("collections", "OrderedDict"), (byte)')', (byte)'R', (byte)'t', (byte)'R', (byte)'u', (byte)'.',
    ];

    private static byte[] Global(string module, string name) => Encoding.ASCII.GetBytes($"c{module}\n{name}\n");

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int number) => [(byte)'J', .. BitConverter.GetBytes(number)];

    private static byte[] Bytes(float[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    private static byte[] Zip(byte[] pickle, byte[] storage)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "x/data.pkl", pickle);
            Add(archive, "x/data/0", storage);
        }

        return file.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }

    private WeightFile Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return TorchWeightReader.Open(_path);
    }
}
