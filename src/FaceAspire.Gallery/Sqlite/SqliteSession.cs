using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>One connection to the database with its prepared statements. For one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    // The one writer and the many readers of a WAL database never wait for each other, but a checkpoint waits for readers.
    private const int BusyMilliseconds = 2_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private SqliteSession(string file) => _connection = new(
        new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, ForeignKeys = true, DefaultTimeout = 10 }.ToString());

    /// <summary>Whether a transaction is open.</summary>
    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>The connection that writes, with the settings that the database keeps.</summary>
    /// <remarks>With <c>synchronous = FULL</c> a commit is on the disk before it returns. <c>secure_delete</c> fills with zeros what is deleted; sorting stays in memory, not in files.
    /// The log is brought into the database by whoever owns this connection, not by SQLite.</remarks>
    public static SqliteSession OpenWriter(string file) => Open(
        file,
        """
        PRAGMA page_size = 8192;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA cache_size = -32768;
        """);

    /// <summary>A connection that only reads.</summary>
    public static SqliteSession OpenReader(string file) => Open(
        file,
        """
        PRAGMA query_only = ON;
        PRAGMA cache_size = -8192;
        """);

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs several statements without parameters, once.</summary>
    public void ExecuteScript(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first number of the first row; null where there is no row, or it holds none.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() as long?;

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        List<T> rows = [];
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Hands over each row while it is there.</summary>
    public void ForEach(string sql, Action<SqliteDataReader> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read())
        {
            read(reader);
        }
    }

    /// <summary>Runs work in a transaction, which is taken back when the work fails.</summary>
    /// <param name="begin"><c>BEGIN</c> to read one state of the database throughout, <c>BEGIN IMMEDIATE</c> to write.</param>
    /// <param name="work">The work.</param>
    public T InTransaction<T>(string begin, Func<T> work)
    {
        Execute(begin);
        try
        {
            T result = work();
            Execute("COMMIT");
            return result;
        }
        finally
        {
            // Also after a failed COMMIT; some failures have ended the transaction themselves.
            if (IsInTransaction)
            {
                Execute("ROLLBACK");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static SqliteSession Open(string file, string settings)
    {
        var session = new SqliteSession(file);
        try
        {
            session._connection.Open();
            session.ExecuteScript(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA temp_store = MEMORY;"));
            session.ExecuteScript(settings);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
            {
                command.Parameters.Add(new() { ParameterName = name });
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        }

        return command;
    }
}
