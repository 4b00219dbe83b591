using FaceAspire.ModelHub.Tests.Architectures;
using FaceAspire.ModelHub.Weights;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.ModelHub.Tests.Weights;

public sealed class Hdf5WeightReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hdf5-");

    private string FilePath => Path.Combine(_folder.FullName, "weights.h5");

    [Fact]
    public void Open_WholeModel_GivesItsLayersInOrder()
    {
        using var file = Open(Hdf5Sample.Model());

        file.Groups.Select(static group => group.Name).ShouldBe(["conv", "dense"]);
        file["conv/kernel:0"].Of(5, 3, 2, 4).ToArray().ShouldBe(Enumerable.Range(0, 120).Select(static i => (float)i));
        file["conv/bias:0"].Of(4).ToArray().ShouldBe([0.5f, -1.25f, 2, 3]);
        file["dense/kernel:0"].Of(2, 3).ToArray().ShouldBe([0, 0.25f, 0.5f, 0.75f, 1, 1.25f]);
    }

    [Theory]
    [InlineData(0)] // texts of variable length
    [InlineData(64)]
    public void Open_NewFormat_GivesItsLayersInOrder(int textLength)
    {
        RandomKerasFile weights = new(seed: 1);
        weights.Add("second", [3, 2]);
        weights.Add("first", [5]);
        weights.Write(FilePath, textLength);

        using var file = Hdf5WeightReader.Open(FilePath);

        file.Groups.Select(static group => group.Name).ShouldBe(["second", "first"]);
        file["second/kernel:0"].Of(3, 2).ToArray().ShouldBe(weights["second"].Kernel);
        file["second/bias:0"].Of(2).ToArray().ShouldBe(weights["second"].Bias);
        file["first/kernel:0"].Of(5).ToArray().ShouldBe(weights["first"].Kernel);
    }

    [Theory]
    [InlineData("real")]
    [InlineData("real/self")]
    public void Open_HardLinks_AreFollowed(string layer)
    {
        using var file = Open(Hdf5Sample.WithLayer(layer));

        file.Groups.ShouldHaveSingleItem().Tensors.ShouldHaveSingleItem().ToArray().ShouldBe([7]);
    }

    [Theory]
    [InlineData("soft", "link by path")]
    [InlineData("far/outside", "link by path")]
    [InlineData("loop", "link by path")]
    [InlineData("stored", "lies in another file")]
    [InlineData("huge", "more numbers than a tensor can have")]
    [InlineData("bomb", "another size")]
    [InlineData("whole", "no little-endian numbers")]
    [InlineData("bare", "no list 'weight_names'")]
    [InlineData("..", "has no '..'")]
    [InlineData("../real", "has no '../real'")]
    [InlineData("/real", "has no '/real'")]
    [InlineData("real/w", "no list 'weight_names'")]
    [InlineData("", "has no ''")]
    public void Open_HostileLayer_IsRefused(string layer, string reason) =>
        Should.Throw<InvalidDataException>(() => Open(Hdf5Sample.WithLayer(layer))).Message.ShouldContain(reason);

    [Fact]
    public void Open_OtherFile_IsRefused()
    {
        Should.Throw<InvalidDataException>(() => Open([])).Message.ShouldBe("This is no HDF5 file.");
        Should.Throw<InvalidDataException>(() => Open("PK\u0003\u0004 and more"u8.ToArray())).Message.ShouldBe("This is no HDF5 file.");
    }

    [Fact]
    public void Open_CutOffAnywhere_IsRefused()
    {
        byte[] whole = Hdf5Sample.Model();
        int end = whole.AsSpan().LastIndexOfAnyExcept((byte)0);
        for (int length = 0; length <= end; length += 97)
        {
            Should.Throw<InvalidDataException>(() => ReadAll(whole[..length]), $"{length} bytes");
        }
    }

    [Fact]
    public void Open_DamagedAnywhere_ReadsOrRefusesWithinBounds()
    {
        const long MostBytes = 256 << 20;
        byte[] whole = Hdf5Sample.Model();
        int[] stored = [.. Enumerable.Range(0, whole.Length).Where(place => whole[place] != 0)];
        var damage = ArbMap.Default.ArbFor<(uint Place, byte Value)[]>();
        Prop.ForAll(damage, changes =>
        {
            byte[] file = [.. whole];
            foreach (var (place, value) in changes)
            {
                // Wide gaps lie between what is stored: a byte that says something, or its neighbour.
                long index = stored[place * 7919L % stored.Length] + (place & 1);
                file[Math.Min(index, file.Length - 1)] = value;
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(file);
            }
            catch (InvalidDataException)
            {
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostBytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private WeightFile Open(byte[] content)
    {
        File.WriteAllBytes(FilePath, content);
        return Hdf5WeightReader.Open(FilePath);
    }

    private void ReadAll(byte[] content)
    {
        using var file = Open(content);
        foreach (var tensor in file.Groups.SelectMany(static group => group.Tensors))
        {
            tensor.ToArray();
        }
    }
}
