using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace VlmMlNet;

/// <summary>Makes TorchSharp's native library load on Linux systems whose libstdc++ is older than GCC 13's
/// (Debian 12, Ubuntu 22.04, RHEL 9), without environment variables, compilers or files written.</summary>
/// <remarks>
/// The library asks for the symbol version GLIBCXX_3.4.32 but calls nothing of it. Where the ordinary load fails, it is
/// loaded from memory with that need made optional. Where it succeeds, nothing happens. C# projects that reference the
/// package call <see cref="Register"/> by a generated module initializer; F# and Visual Basic projects that use TorchSharp
/// before this library call it themselves.
/// <para>On Linux libtorch's threads wait for each other awake for a short time only, unless <c>GOMP_SPINCOUNT</c> or
/// <c>OMP_WAIT_POLICY</c> is set when the process starts: on a machine that does other work too, training is many times faster. A machine
/// that does nothing else trains small models up to 1.4 times faster with <c>GOMP_SPINCOUNT=300000</c>.</para>
/// </remarks>
public static class TorchRuntime
{
    private const string LibraryName = "LibTorchSharp", FileName = "libLibTorchSharp.so";
    private const string Remedy = "Add a reference to the package TorchSharp-cpu, or to one of the TorchSharp-cuda packages, of the same version as TorchSharp.";
    private const uint CloseOnExec = 1;
    private static readonly Lock s_gate = new();
    private static int s_registered;
    private static bool s_isLoaded, s_isAbsent;
    private static IntPtr s_handle;
    private static Exception? s_error;

    /// <summary>Null when the native library loaded as it is; otherwise how it was made to load.</summary>
    public static string? Workaround { get; private set; }

    /// <summary>Installs the fallback loader. Idempotent, cheap, and called by itself when this assembly is loaded.</summary>
#pragma warning disable CA2255 // it must run before the first call into TorchSharp
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Register()
    {
        if (Interlocked.Exchange(ref s_registered, 1) != 0)
            return;
        Runtime.OpenMpWaiting.Shorten();
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return;
        // Raised only after the ordinary load has failed.
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += Resolve;
    }

    /// <summary>Loads the native libraries now.</summary>
    /// <exception cref="DllNotFoundException">They cannot be loaded; the message tells the reason and the remedy.</exception>
    public static void EnsureLoaded()
    {
        Register();
        if (Volatile.Read(ref s_isLoaded))
            return;
        try
        {
            using (new Runtime.MutedConsole()) // where it finds nothing, TorchSharp writes a page about its search, which the exception has too
                torch.InitializeDeviceType(DeviceType.CPU);
            Volatile.Write(ref s_isLoaded, true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            string reason = s_error is null ? ". " + Remedy : ": " + s_error.Message;
            throw new DllNotFoundException("TorchSharp's native libraries could not be loaded" + reason, s_isAbsent ? null : s_error ?? e); // that a package is missing is all that there is to say
        }
    }

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        if (name != LibraryName || assembly != typeof(torch).Assembly)
            return IntPtr.Zero;
        lock (s_gate)
        {
            if (s_handle == IntPtr.Zero && s_error is null)
            {
                try
                {
                    s_handle = LoadRelaxed(assembly);
                }
                catch (Exception e)
                {
                    s_error = e; // an exception here would be lost in the runtime's loader; EnsureLoaded reports it
                }
            }
            return s_handle;
        }
    }

    private static IntPtr LoadRelaxed(Assembly assembly)
    {
        var directories = CandidateDirectories().Distinct().Where(Directory.Exists).ToArray();
        string? path = Find(directories, FileName);
        if (path is null)
        {
            s_isAbsent = true;
            return IntPtr.Zero;
        }
        // TorchSharp's own library comes with its managed package, what it stands on does not.
        if (Find(directories, "libtorch_cpu.so") is null && !NativeLibrary.TryLoad("torch_cpu", assembly, null, out _))
        {
            s_isAbsent = true;
            throw new DllNotFoundException($"libtorch is not beside {path}. {Remedy}");
        }
        byte[] image = File.ReadAllBytes(path);
        var relaxed = Runtime.ElfVersions.Relax(image);
        if (relaxed.Count == 0)
        {
            NativeLibrary.Load(path); // throws the system loader's own message
            return IntPtr.Zero;
        }
        // An image in memory has no $ORIGIN: what it needs must be loaded already (the loader matches by SONAME).
        foreach (string need in (string[])["c10", "torch_cpu", "torch"])
        {
            if (Find(directories, $"lib{need}.so") is { } file)
                NativeLibrary.Load(file);
            else
                NativeLibrary.TryLoad(need, assembly, null, out _);
        }
        IntPtr handle = LoadImage(image);
        Workaround = $"{path}: {string.Join(", ", relaxed)} made optional";
        try
        {
            // Otherwise each import would first repeat the failing probe.
            NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => name == LibraryName ? handle : IntPtr.Zero);
        }
        catch (InvalidOperationException)
        {
            // The application has a resolver of its own; ours answers after it.
        }
        return handle;
    }

    private static string? Find(string[] directories, string file) =>
        directories.Select(d => Path.Combine(d, file)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> CandidateDirectories()
    {
        const string Native = "runtimes/linux-x64/native";
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (string d in searched.Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return d;
        foreach (string? root in (string?[])[Path.GetDirectoryName(typeof(torch).Assembly.Location), AppContext.BaseDirectory])
        {
            if (string.IsNullOrEmpty(root))
                continue;
            yield return root;
            yield return Path.Combine(root, Native);
            // TorchSharp.dll used straight from the package folder, as notebooks do: <packages>/torchsharp/<version>/lib/net8.0
            string packages = Path.GetFullPath(Path.Combine(root, "../../../.."));
            yield return Path.GetFullPath(Path.Combine(root, "../..", Native));
            yield return Path.Combine(packages, "libtorch-cpu-linux-x64", torch.NormalizeNuGetVersion(torch.__version__), Native);
        }
    }

    private static IntPtr LoadImage(byte[] image)
    {
        int descriptor = memfd_create(FileName, CloseOnExec);
        if (descriptor >= 0)
        {
            using (var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write))
                file.Write(image);
            if (NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out IntPtr handle))
                return handle; // the descriptor stays open: its number names the library
        }
        var directory = Directory.CreateTempSubdirectory("torchsharp-"); // readable by this user only
        try
        {
            string file = Path.Combine(directory.FullName, FileName);
            File.WriteAllBytes(file, image);
            return NativeLibrary.Load(file);
        }
        finally
        {
            directory.Delete(recursive: true); // the mapping outlives the name
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int memfd_create([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);
}
