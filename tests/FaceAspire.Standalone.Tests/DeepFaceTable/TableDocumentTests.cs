using System.Reflection;
using System.Text.RegularExpressions;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary><c>docs/deepface-tests.md</c> has every row of DeepFace's tests, and names only tests that there are.</summary>
public sealed partial class TableDocumentTests
{
    private static readonly (char Letter, int Count)[] _groups = [('V', 10), ('R', 15), ('E', 10), ('A', 8), ('F', 10), ('M', 4), ('S', 17)];

    private static readonly Row[] _rows =
    [
        .. File.ReadLines(Path.Combine(SharedMaterial.RepositoryRoot, "docs", "deepface-tests.md"))
            .Where(static line => RowStart().IsMatch(line))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => new Row(cells)),
    ];

    [Fact]
    public void Page_Rows_AreAllOfUpstreamsInTheirOrder() =>
        _rows.Select(static row => row.Id).ShouldBe(_groups.SelectMany(static group => Enumerable.Range(1, group.Count).Select(number => $"{group.Letter}{number}")));

    [Fact]
    public void Page_EveryRow_HasATestOrAReason()
    {
        foreach (var row in _rows)
        {
            row.Cells.ShouldBe(7, $"{row.Id}: five columns");
            row.Upstream.ShouldNotBeEmpty(row.Id);
            (row.Tests.Length > 0 || row.Reason.Length > 0).ShouldBeTrue($"{row.Id} has neither a test nor a reason");
            (row.Tests.Length > 0).ShouldBe(row.With.Length > 0, $"{row.Id}: what is checked is checked with something, and the other way round");
            TestNames().Replace(row.TestCell, "").Trim(',', ' ').ShouldBeEmpty($"{row.Id}: what is no test's name belongs into another column");
        }
    }

    [Fact]
    public void Page_NamedTests_AllExist()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(SharedMaterial.RepositoryRoot, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(static path => Path.GetFileNameWithoutExtension(path));
        string[] missing =
        [
            .. _rows.SelectMany(static row => row.Tests).Distinct().Where(test =>
            {
                string[] parts = test.Split('.'); // the class and the method
                return !sources[parts[0]].Any(path => HasTest(File.ReadAllLines(path), parts[1]));
            }),
        ];

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Page_TestsOfTheTable_AreAllNamed()
    {
        string[] tests =
        [
            .. typeof(TableDocumentTests).Assembly.GetTypes()
                .Where(static type => type.Namespace == typeof(TableDocumentTests).Namespace && type != typeof(TableDocumentTests))
                .SelectMany(static type => type.GetMethods().Where(static method => method.GetCustomAttributes<FactAttribute>().Any()).Select(method => $"{type.Name}.{method.Name}")),
        ];

        tests.ShouldNotBeEmpty();
        tests.Except(_rows.SelectMany(static row => row.Tests)).ShouldBeEmpty();
    }

    /// <summary>Whether a source has a method of that name under an attribute that makes it a test.</summary>
    private static bool HasTest(string[] source, string method)
    {
        int line = Array.FindIndex(source, text => text.Contains($" {method}(", StringComparison.Ordinal) && text.StartsWith("    public ", StringComparison.Ordinal));
        return line > 0 && source[..line].Reverse().TakeWhile(static text => text.Length > 0)
            .Any(static text => text.StartsWith("    [Fact", StringComparison.Ordinal) || text.StartsWith("    [Theory", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| [A-Z]\d+ \|")]
    private static partial Regex RowStart();

    [GeneratedRegex("`([A-Za-z]+Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex TestNames();

    private sealed class Row(string[] cells)
    {
        public int Cells => cells.Length; // and one before the first bar and one after the last

        public string Id => cells[1];

        public string Upstream => cells[2];

        public string With => cells[3];

        public string TestCell => cells[4];

        public string Reason => cells[5];

        public string[] Tests { get; } = [.. TestNames().Matches(cells[4]).Select(static match => $"{match.Groups[1]}.{match.Groups[2]}")];
    }
}
