using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Images;

namespace FaceAspire.ServiceDefaults.Tests.Images;

public sealed class FileImagesTests : IDisposable
{
    private const string SameForAll = "img: there is no such file, or it is not readable under the allowed folders.";
    private const int MaxBytes = 1_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faceaspire-files-");

    public FileImagesTests()
    {
        Directory.CreateDirectory(PathOf("root/inner"));
        Directory.CreateDirectory(PathOf("root2"));
        Directory.CreateDirectory(PathOf("rootless"));
        File.WriteAllText(PathOf("root/a.jpg"), "picture");
        File.WriteAllText(PathOf("root/inner/b.jpg"), "inner");
        File.WriteAllText(PathOf("root2/c.jpg"), "second");
        File.WriteAllText(PathOf("secret.jpg"), "secret");
        File.WriteAllText(PathOf("rootless/d.jpg"), "neighbour");
        File.WriteAllText(PathOf("root/empty.jpg"), "");
        File.WriteAllBytes(PathOf("root/large.jpg"), new byte[MaxBytes + 1]);
        File.WriteAllBytes(PathOf("root/largest.jpg"), new byte[MaxBytes]);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a.jpg", "picture")]
    [InlineData("inner/b.jpg", "inner")]
    [InlineData("inner/../a.jpg", "picture")]
    [InlineData("./a.jpg", "picture")]
    [InlineData("c.jpg", "second")] // of the second root
    public async Task Read_PathUnderARoot_IsTheFile(string path, string expected) => (await ReadAsync(path)).ShouldBe(expected);

    [Fact]
    public async Task Read_AbsolutePathUnderARoot_IsTheFile() => (await ReadAsync(PathOf("root/a.jpg"))).ShouldBe("picture");

    [Theory]
    [InlineData("../secret.jpg")]
    [InlineData("inner/../../secret.jpg")]
    [InlineData("../rootless/d.jpg")] // begins like a root
    [InlineData("/etc/passwd")]
    [InlineData("/proc/self/environ")]
    [InlineData("/dev/zero")]
    [InlineData("absent.jpg")]
    [InlineData("a.jpg/b")]
    [InlineData("inner")] // a folder
    [InlineData("empty.jpg")]
    [InlineData(".")]
    [InlineData("/")]
    [InlineData("a\0.jpg")]
    [InlineData("~/a.jpg")]
    [InlineData("..\\secret.jpg")]
    public async Task Read_AnythingElse_IsRefusedInTheSameWords(string path) => (await RefusalAsync(path)).Message.ShouldBe(SameForAll);

    [Fact]
    public async Task Read_AbsolutePathOutside_IsRefused() => (await RefusalAsync(PathOf("secret.jpg"))).Message.ShouldBe(SameForAll);

    [Fact]
    public async Task Read_VeryLongPath_IsRefused() => (await RefusalAsync(string.Concat(Enumerable.Repeat("a/", 2_000)))).Message.ShouldBe(SameForAll);

    [Theory]
    [InlineData("link.jpg", "secret.jpg")] // to a file outside
    [InlineData("folder/secret.jpg", null)] // through a folder that leads outside
    [InlineData("chain.jpg", "root/link2.jpg")] // a link to a link that leads outside
    [InlineData("loop.jpg", "root/loop.jpg")]
    [InlineData("dead.jpg", "nowhere.jpg")]
    public async Task Read_LinkOutOfTheRoot_IsRefused(string path, string? target)
    {
        File.CreateSymbolicLink(PathOf("root/link2.jpg"), PathOf("secret.jpg"));
        Directory.CreateSymbolicLink(PathOf("root/folder"), _folder.FullName);
        if (target is not null)
        {
            File.CreateSymbolicLink(PathOf($"root/{path}"), PathOf(target));
        }

        (await RefusalAsync(path)).Message.ShouldBe(SameForAll);
    }

    [Fact]
    public async Task Read_LinkWithinTheRoots_IsTheFile()
    {
        File.CreateSymbolicLink(PathOf("root/link.jpg"), "inner/b.jpg");
        Directory.CreateSymbolicLink(PathOf("root/second"), PathOf("root2"));

        (await ReadAsync("link.jpg")).ShouldBe("inner");
        (await ReadAsync("second/c.jpg")).ShouldBe("second");
    }

    [Fact]
    public async Task Read_RootThatIsALink_IsWhereItLeads()
    {
        Directory.CreateSymbolicLink(PathOf("alias"), PathOf("root"));
        var images = new FileImages([PathOf("alias")], MaxBytes);

        using var bytes = await images.ReadAsync("img", "a.jpg", TestContext.Current.CancellationToken);

        bytes.Memory.Length.ShouldBe(7);
    }

    [Fact]
    public async Task Read_Pipe_DoesNotWaitForAWriter()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes in the file system");
        using (var mkfifo = Process.Start("mkfifo", PathOf("root/pipe.jpg")))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (await RefusalAsync("pipe.jpg").WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Message.ShouldBe(SameForAll);
    }

    [Fact]
    public async Task Read_DeviceUnderARoot_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "device files");
        var images = new FileImages(["/dev"], MaxBytes);

        (await Should.ThrowAsync<FaceAspireException>(() => images.ReadAsync("img", "zero", TestContext.Current.CancellationToken))).Message.ShouldBe(SameForAll);
    }

    [Fact]
    public async Task Read_FileOverTheLimit_IsTooLarge()
    {
        (await RefusalAsync("large.jpg")).Code.ShouldBe(ErrorCode.ImageTooLarge);
        (await ReadAsync("largest.jpg")).Length.ShouldBe(MaxBytes);
    }

    [Fact]
    public async Task Read_WithoutRoots_IsRefused()
    {
        var images = new FileImages([], MaxBytes);

        (await Should.ThrowAsync<FaceAspireException>(() => images.ReadAsync("img", PathOf("root/a.jpg"), TestContext.Current.CancellationToken))).Message.ShouldBe(SameForAll);
    }

    [Fact]
    public async Task Read_RootOfTheFileSystem_AllowsEverything()
    {
        var images = new FileImages(["/"], MaxBytes);

        using var bytes = await images.ReadAsync("img", PathOf("secret.jpg"), TestContext.Current.CancellationToken);

        bytes.Memory.Length.ShouldBe(6);
    }

    private string PathOf(string relative) => Path.Combine(_folder.FullName, relative);

    private async Task<string> ReadAsync(string path)
    {
        var images = new FileImages([PathOf("root"), PathOf("root2"), PathOf("absent")], MaxBytes);
        using var bytes = await images.ReadAsync("img", path, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(bytes.Memory.Span);
    }

    private async Task<FaceAspireException> RefusalAsync(string path) => await Should.ThrowAsync<FaceAspireException>(() => ReadAsync(path));
}
