using System.Text;
using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Tests.Weights;

public sealed class MxNetWeightReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Open_Arrays_AreGroupedByTheirLayers()
    {
        using var file = Open(List(("arg:bn1_gamma", [2], [1, 2]), ("arg:fc_weight", [1, 2], [3, 4]), ("aux:bn1_moving_var", [2], [5, 6])));

        file.Groups.Select(static group => (group.Name, group.Tensors.Count)).ShouldBe([("bn1", 2), ("fc", 1)]);
        file["fc_weight"].Shape.ShouldBe([1, 2]);
        file["bn1_moving_var"].ToArray().ShouldBe([5, 6]);
    }

    [Fact]
    public void Open_TruncatedAnywhere_IsRefused()
    {
        byte[] whole = List(("arg:a_weight", [3], [1, 2, 3]));
        for (int length = 0; length < whole.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => Open(whole[..length]), $"cut after {length}");
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    [InlineData(int.MaxValue)]
    public void Open_ArrayOfAnImpossibleSize_IsRefused(long size)
    {
        byte[] bytes = List(("arg:a_weight", [3], [1, 2, 3]));
        BitConverter.GetBytes(size).CopyTo(bytes, 24 + 12); // behind the list's head and the array's

        Should.Throw<InvalidDataException>(() => Open(bytes));
    }

    [Fact]
    public void Open_AnyByteFlipped_SucceedsOrIsRefused()
    {
        byte[] whole = List(("arg:a_weight", [2, 2], [1, 2, 3, 4]), ("aux:a_moving_var", [1], [5]));
        DamagedFiles.ShouldBeReadOrRefused(whole, timesEach: 4, Open);
    }

    public void Dispose() => File.Delete(_path);

    private static byte[] List(params (string Name, long[] Shape, float[] Numbers)[] arrays)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write(0x112L);
        writer.Write(0L);
        writer.Write((long)arrays.Length);
        foreach (var (_, shape, numbers) in arrays)
        {
            writer.Write(0xF993FAC9);
            writer.Write(0);
            writer.Write(shape.Length);
            Array.ForEach(shape, writer.Write);
            writer.Write(1L);
            writer.Write(0);
            Array.ForEach(numbers, writer.Write);
        }

        writer.Write((long)arrays.Length);
        foreach (var (name, _, _) in arrays)
        {
            writer.Write((long)name.Length);
            writer.Write(Encoding.ASCII.GetBytes(name));
        }

        return bytes.ToArray();
    }

    private WeightFile Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return MxNetWeightReader.Open(_path);
    }
}
