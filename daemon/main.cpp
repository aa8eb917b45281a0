#include "daemon/program.hpp"

int main(int argc, char** argv) { return rollcall::run_program(argc, argv); }
