using System.Reflection;
using System.Text.RegularExpressions;
using FaceAspire.Contracts.Errors;
using FaceAspire.Testing;

namespace FaceAspire.Contracts.Tests.Errors;

public sealed partial class ErrorCodeTests
{
    [Fact]
    public void All_HoldsEveryCodeOnce()
    {
        var declared = typeof(ErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (ErrorCode)field.GetValue(null)!);

        ErrorCode.All.ShouldBe(declared, ignoreOrder: true);
        ErrorCode.All.Select(static code => code.Name).ShouldBeUnique();
    }

    [Fact]
    public void Readme_TableOfErrors_IsThisList()
    {
        string readme = File.ReadAllText(Path.Combine(SharedMaterial.RepositoryRoot, "README.md"));

        var documented = TableRow().Matches(readme).Select(static row => (row.Groups["name"].Value, int.Parse(row.Groups["status"].Value)));

        documented.ShouldBe(ErrorCode.All.Select(static code => (code.Name, code.Status)));
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<status>\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
