using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Messages.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class Loans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "loans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    garment_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    lender_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    borrower_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    inserted_at = table.Column<long>(type: "INTEGER", nullable: false),
                    move_count = table.Column<int>(type: "INTEGER", nullable: false),
                    reminders = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_loans", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "loan_moves",
                columns: table => new
                {
                    loan_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    action = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    actor_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_loan_moves", x => new { x.loan_id, x.number });
                    table.ForeignKey(
                        name: "fk_loan_moves_loans_loan_id",
                        column: x => x.loan_id,
                        principalTable: "loans",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_loans_borrower_id_inserted_at",
                table: "loans",
                columns: new[] { "borrower_id", "inserted_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_group_id_state",
                table: "loans",
                columns: new[] { "group_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_lender_id_garment_id",
                table: "loans",
                columns: new[] { "lender_id", "garment_id" },
                unique: true,
                filter: "state in (1, 5)");

            migrationBuilder.CreateIndex(
                name: "ix_loans_lender_id_inserted_at",
                table: "loans",
                columns: new[] { "lender_id", "inserted_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_message_id",
                table: "loans",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_loans_state_due_at",
                table: "loans",
                columns: new[] { "state", "due_at" });

            migrationBuilder.CreateIndex(
                name: "ix_loans_state_expires_at",
                table: "loans",
                columns: new[] { "state", "expires_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "loan_moves");

            migrationBuilder.DropTable(
                name: "loans");
        }
    }
}
