"""A sweep on a SLURM cluster: `python slurm.py ../sweep/mechanisms.toml --jobs 20`.

Needs `pip install 'nashbox[dask]' dask-jobqueue`, the same nashbox in every job, and a disk that
all see for the problem's files. The store lies where this script runs, best on a disk of its own.
Kill it, lose jobs, come back tomorrow: started again, it computes what is missing.
"""

import argparse

import nashbox
from nashbox.tables.sweep import sweep_progress


def run(cluster, file):
    """Run the sweep of `file` on any Dask cluster; its report."""
    address = cluster.scheduler_address.removeprefix("tcp://")
    with sweep_progress() as progress:
        return nashbox.sweep(file, engine=f"dask://{address}", progress=progress)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="a sweep file")
    parser.add_argument("--jobs", type=int, default=10, help="SLURM jobs, one core each")
    parser.add_argument("--queue", help="partition")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--walltime", default="04:00:00")
    options = parser.parse_args()
    from dask_jobqueue import SLURMCluster

    with SLURMCluster(
        queue=options.queue,
        cores=1,
        processes=1,
        memory=options.memory,
        walltime=options.walltime,
        job_script_prologue=["export OMP_NUM_THREADS=1"],  # the same bits on every machine
    ) as cluster:
        cluster.scale(jobs=options.jobs)
        report = run(cluster, options.file)
    print(f"{report.ok} of {report.total} cells done, {report.failed} failed: {report.store}")


if __name__ == "__main__":
    main()
