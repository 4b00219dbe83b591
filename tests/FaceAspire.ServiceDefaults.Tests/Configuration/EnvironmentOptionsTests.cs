using System.ComponentModel.DataAnnotations;
using FaceAspire.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ServiceDefaults.Tests.Configuration;

public sealed class EnvironmentOptionsTests
{
    [Fact]
    public void Configure_NothingSet_KeepsTheDefaults()
    {
        var (options, failures) = Read([]);

        (options.Count, options.Flag, options.Name, options.Device).ShouldBe((7, false, "none", -1));
        options.Folders.ShouldBe(["default"]);
        failures.ShouldBeEmpty();
    }

    [Fact]
    public void Configure_EverySetting_IsRead()
    {
        var (options, failures) = Read(new() { ["COUNT"] = " 9 ", ["FLAG"] = "Yes", ["NAME"] = "ann", ["FOLDERS"] = "/a; /b ;;", ["DEVICE"] = "2", ["BIG"] = "5000000000" });

        (options.Count, options.Flag, options.Name, options.Device, options.Big).ShouldBe((9, true, "ann", 2, 5_000_000_000));
        options.Folders.ShouldBe(["/a", "/b"]);
        failures.ShouldBeEmpty();
    }

    [Fact]
    public void Configure_BlankValue_CountsAsNotSet()
    {
        var (options, failures) = Read(new() { ["COUNT"] = "", ["FLAG"] = "  ", ["NAME"] = "", ["FOLDERS"] = " " });

        (options.Count, options.Flag, options.Name).ShouldBe((7, false, "none"));
        failures.ShouldBeEmpty();
    }

    [Fact]
    public void Configure_BlankValueThatMeansSomething_IsTaken() => Read(new() { ["MODE"] = "" }).Options.Mode.ShouldBe("");

    [Fact]
    public void Validate_EverythingWrong_IsToldAtOnceByTheVariablesName()
    {
        var (options, failures) = Read(new() { ["COUNT"] = "eleven", ["FLAG"] = "maybe", ["DEVICE"] = "9999999999", ["NAME"] = "Ann", ["BIG"] = "0" });

        failures.ShouldBe(
        [
            "COUNT: must be a whole number (value 'eleven')",
            "FLAG: must be true or false (value 'maybe')",
            "NAME: must be lower case (value 'Ann')",
            "DEVICE: must be a whole number (value '9999999999')",
            "BIG: must lie between 1 and 9000000000 (value '0')",
        ], ignoreOrder: true);
        options.Count.ShouldBe(7);
    }

    [Theory]
    [InlineData("0", "must lie between 1 and 10")]
    [InlineData("11", "must lie between 1 and 10")]
    [InlineData("7.5", "must be a whole number")]
    [InlineData("0x7", "must be a whole number")]
    [InlineData("1e1", "must be a whole number")]
    public void Validate_NumberOutOfRangeOrNone_IsTold(string value, string problem) =>
        Read(new() { ["COUNT"] = value }).Failures.ShouldBe([$"COUNT: {problem} (value '{value}')"]);

    [Fact]
    public void Validate_RuleAcrossSettings_IsToldToo() => Read(new() { ["COUNT"] = "10", ["FLAG"] = "true" }).Failures.ShouldBe(["COUNT: cannot be 10 with FLAG"]);

    [Theory]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    [InlineData("on", true)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    public void SettingText_Boolean_HasManySpellings(string text, bool expected)
    {
        SettingText.TryParse(text, typeof(bool), out object? value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Fact]
    public void SettingText_TypeThatNoSettingHas_IsABug() => Should.Throw<NotSupportedException>(() => SettingText.TryParse("1", typeof(DateTime), out _));

    private static (Settings Options, IReadOnlyList<string> Failures) Read(Dictionary<string, string?> variables)
    {
        var reader = new EnvironmentOptions<Settings>(new ConfigurationBuilder().AddInMemoryCollection(variables).Build());
        var options = new Settings();
        reader.Configure(options);
        return (options, [.. reader.Validate(null, options).Failures ?? []]);
    }

    private sealed class Settings : IValidatableObject
    {
        [ConfigurationKeyName("COUNT"), Range(1, 10)]
        public int Count { get; set; } = 7;

        [ConfigurationKeyName("FLAG")]
        public bool Flag { get; set; }

        [ConfigurationKeyName("NAME"), RegularExpression("[a-z]+", ErrorMessage = "must be lower case")]
        public string Name { get; set; } = "none";

        [ConfigurationKeyName("FOLDERS")]
        public IReadOnlyList<string> Folders { get; set; } = ["default"];

        [ConfigurationKeyName("DEVICE")]
        public int? Device { get; set; } = -1;

        [ConfigurationKeyName("BIG"), Range(1L, 9_000_000_000L)]
        public long Big { get; set; } = 1;

        [ConfigurationKeyName("MODE"), Required(AllowEmptyStrings = true)]
        public string Mode { get; set; } = "usual";

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Count == 10 && Flag)
            {
                yield return new("COUNT: cannot be 10 with FLAG");
            }
        }
    }
}
