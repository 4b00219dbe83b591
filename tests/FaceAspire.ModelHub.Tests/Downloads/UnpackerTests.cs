using System.IO.Compression;
using System.Security.Cryptography;
using FaceAspire.ModelHub.Downloads;
using ICSharpCode.SharpZipLib.BZip2;

namespace FaceAspire.ModelHub.Tests.Downloads;

public sealed class UnpackerTests : IDisposable
{
    private static readonly byte[] _content = new byte[300_000];
    private static readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(_content));

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-unpack-").FullName;

    private string Source => Path.Combine(_folder, "source");

    private string Target => Path.Combine(_folder, "target");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Unpack_ZipWithOneFile_IsThatFile()
    {
        Zip("folder/", "folder/weights.h5");

        Unpack(Unpacking.Zip).ShouldBe(_hash);
        File.ReadAllBytes(Target).ShouldBe(_content);
    }

    [Fact]
    public void Unpack_BZip2_IsWhatItHolds()
    {
        using (var stream = new BZip2OutputStream(File.Create(Source)))
        {
            stream.Write(_content);
        }

        Unpack(Unpacking.BZip2).ShouldBe(_hash);
    }

    [Fact]
    public void Unpack_ZipWithTwoFiles_IsRefused()
    {
        Zip("a", "b");

        Should.Throw<InvalidDataException>(() => Unpack(Unpacking.Zip)).Message.ShouldContain("exactly one file");
    }

    [Theory]
    [InlineData(Unpacking.Zip)]
    [InlineData(Unpacking.BZip2)]
    public void Unpack_NoArchive_IsRefused(Unpacking kind)
    {
        File.WriteAllText(Source, "this is no archive of any kind");

        Should.Throw<InvalidDataException>(() => Unpack(kind));
    }

    [Fact]
    public void Unpack_Bomb_StopsAtTheBound()
    {
        Zip("bomb");

        Should.Throw<InvalidDataException>(() => Unpacker.Unpack(Source, Unpacking.Zip, Target, TestContext.Current.CancellationToken, maxBytes: 200_000)).Message.ShouldContain("more than 200,000 bytes");
        new FileInfo(Target).Length.ShouldBeLessThanOrEqualTo(200_000);
    }

    private string Unpack(Unpacking kind) => Unpacker.Unpack(Source, kind, Target, TestContext.Current.CancellationToken);

    private void Zip(params ReadOnlySpan<string> names)
    {
        using var archive = new ZipArchive(File.Create(Source), ZipArchiveMode.Create);
        foreach (string name in names)
        {
            using var stream = archive.CreateEntry(name).Open();
            if (!name.EndsWith('/'))
            {
                stream.Write(_content);
            }
        }
    }
}
